// Resolves *.intacct.com to this machine: the SDK accepts endpoints under that name only.
const dns = require("dns");
const original = dns.lookup;
dns.lookup = (host, options, callback) => {
  const [given, answer] = typeof options === "function" ? [{}, options] : [options || {}, callback];
  if (!String(host).endsWith(".intacct.com")) return original(host, given, answer);
  const local = { address: "127.0.0.1", family: 4 };
  return process.nextTick(() => (given.all ? answer(null, [local]) : answer(null, local.address, local.family)));
};
