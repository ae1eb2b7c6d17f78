// What the official JavaScript SDK sees of the sandbox. Prints one JSON object.
const sdk = require("@intacct/intacct-sdk");
const { Common, Company, AccountsPayable, CashManagement } = sdk.Functions;

const config = (more) =>
  Object.assign(new sdk.ClientConfig(), {
    senderId: "sandbox_sender",
    senderPassword: "sandbox_sender_password",
    companyId: "SANDBOX",
    userId: "xml_gateway",
    userPassword: "sandbox_user_password",
    endpointUrl: `http://sandbox.intacct.com:${process.argv[2]}/ia/xml/xmlgw.phtml`,
    ...more,
  });
const refused = async (work) => {
  try {
    await work();
    return null;
  } catch (error) {
    return { kind: error.constructor.name, message: error.message };
  }
};

(async () => {
  const session = await sdk.SessionProvider.factory(config());
  const client = new sdk.OnlineClient(session);
  const run = async (call) => (await client.execute(call)).getResult();
  const seen = { endpoint: session.endpointUrl };

  const department = new Company.DepartmentCreate();
  department.departmentId = "JS";
  department.departmentName = "Änderung & <more>";
  seen.created = (await run(department)).data[0].DEPARTMENTID;
  seen.duplicate = await refused(() => run(department));

  const query = new Common.NewQuery.Query();
  const filter = (name) => new Common.NewQuery.QueryFilter.Filter(name);
  query
    .assignFromObject("DEPARTMENT")
    .assignSelectFields(new Common.NewQuery.QuerySelect.SelectBuilder().addFields(["DEPARTMENTID", "TITLE"]).selects)
    .assignFilter(
      new Common.NewQuery.QueryFilter.OrOperator([filter("DEPARTMENTID").equalTo("JS"), filter("TITLE").like("Sales%")]),
    )
    .assignOrderBy(new Common.NewQuery.QueryOrderBy.OrderBuilder().addDescending("DEPARTMENTID").orders)
    .assignPageSize(10)
    .assignShowPrivate(true);
  const queried = await run(query);
  seen.queried = queried.data;
  seen.total = queried.totalCount;

  const first = new Common.ReadByQuery();
  first.objectName = "DEPARTMENT";
  first.pageSize = 2;
  const page = await run(first);
  const more = new Common.ReadMore();
  more.resultId = page.resultId;
  const next = await run(more);
  seen.pages = [page.data.length, page.numRemaining, next.data.length, next.numRemaining];

  const read = new Common.Read();
  read.objectName = "EMPLOYEE";
  read.keys = [1];
  seen.read = (await run(read)).data[0].PERSONALINFO.EMAIL1;

  const lookup = new Common.Lookup();
  lookup.objectName = "TASK";
  seen.lookup = (await run(lookup)).data[0].$.Name;

  const folder = new Company.AttachmentsFolderCreate();
  folder.folderName = "Receipts";
  seen.folder = (await run(folder)).key;

  const card = new CashManagement.ChargeCardTransactionCreate();
  card.chargeCardId = "CARD";
  card.transactionDate = new Date("2026-02-03");
  card.referenceNumber = "R-1";
  const cardLine = new CashManagement.ChargeCardTransactionLineCreate();
  Object.assign(cardLine, { glAccountNumber: "6000", transactionAmount: 9.99, locationId: "100-US" });
  card.lines = [cardLine];
  seen.card = (await run(card)).key;

  const bill = new AccountsPayable.BillCreate();
  bill.vendorId = "V1";
  bill.transactionDate = new Date("2026-02-03");
  bill.dueDate = new Date("2026-03-03");
  bill.billNumber = "B-1";
  const billLine = new AccountsPayable.BillLineCreate();
  Object.assign(billLine, { glAccountNumber: "6000", transactionAmount: 76343.43, locationId: "100-US" });
  bill.lines = [billLine];
  seen.bill = (await run(bill)).key;

  const whole = new sdk.RequestConfig();
  whole.transaction = true;
  const unknown = new Common.Read();
  unknown.objectName = "NOPE";
  unknown.keys = [1];
  const later = new Company.DepartmentCreate();
  later.departmentId = "LATER";
  later.departmentName = "Later";
  seen.batch = await refused(() => client.executeBatch([later, unknown], whole));
  seen.login = await refused(() => sdk.SessionProvider.factory(config({ userPassword: "wrong" })));
  seen.sender = await refused(() => sdk.SessionProvider.factory(config({ senderPassword: "wrong" })));
  console.log(JSON.stringify(seen));
})().catch((error) => {
  console.error(error.stack, error.errors);
  process.exit(1);
});
