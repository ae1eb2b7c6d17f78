// What the official JavaScript SDK writes of documents and records, as each of its functions writes it. Prints one JSON object.
const fs = require("fs");
const os = require("os");
const path = require("path");
const sdk = require("@intacct/intacct-sdk");
const { AccountsPayable, CashManagement, Common, Company, EmployeeExpense, GeneralLedger, PlatformServices, Projects } =
  sdk.Functions;

const config = Object.assign(new sdk.ClientConfig(), {
  senderId: "sandbox_sender",
  senderPassword: "sandbox_sender_password",
  companyId: "SANDBOX",
  userId: "xml_gateway",
  userPassword: "sandbox_user_password",
  endpointUrl: `http://sandbox.intacct.com:${process.argv[2]}/ia/xml/xmlgw.phtml`,
});
const made = (Kind, values) => Object.assign(new Kind(), values);
const day = (text) => new Date(`${text}T12:00:00`);
const place = { locationId: "100-US", departmentId: "1" };

(async () => {
  const client = new sdk.OnlineClient(config);
  const seen = {};
  const step = async (name, Kind, values) => {
    try {
      const result = (await client.execute(made(Kind, values))).getResult();
      seen[name] = result.key || (result.data || []).length || "done";
      return result;
    } catch (error) {
      seen[name] = [error.message, ...(error.errors || [])].join(" ");
      return {};
    }
  };
  const two = (Line, one, other) => [made(Line, { ...place, ...one }), made(Line, { ...place, ...other })];

  const receipt = path.join(os.tmpdir(), `receipt-${process.pid}.txt`);
  fs.writeFileSync(receipt, "paid");
  const file = (name) => made(Company.AttachmentFile, { fileName: name, filePath: receipt });
  await step("folder", Company.AttachmentsFolderCreate, { folderName: "Receipts" });
  await step("folder_changed", Company.AttachmentsFolderUpdate, { folderName: "Receipts", description: "Of 2026" });
  const attached = { attachmentsId: "A-1", attachmentsName: "A-1", attachmentFolderName: "Receipts" };
  await step("attachment", Company.AttachmentsCreate, { ...attached, files: [file("one")] });
  await step("attachment_more", Company.AttachmentsUpdate, { attachmentsId: "A-1", files: [file("two")] });
  await step("attachment_other", Company.AttachmentsCreate, { ...attached, attachmentsId: "A-2", files: [file("one")] });
  await step("attachment_gone", Company.AttachmentsDelete, { attachmentsId: "A-2" });
  fs.unlinkSync(receipt);

  const bill = {
    vendorId: "V1",
    transactionDate: day("2026-02-03"),
    dueDate: day("2026-03-03"),
    billNumber: "B-1",
    externalId: "OURS-1",
    attachmentsId: "A-1",
    description: "Travel",
    lines: two(
      AccountsPayable.BillLineCreate,
      { glAccountNumber: "6000", transactionAmount: 100.1 },
      { glAccountNumber: "6000", transactionAmount: -0.1, memo: "Refund" },
    ),
  };
  const { key } = await step("bill", AccountsPayable.BillCreate, bill);
  await step("bill_changed", AccountsPayable.BillUpdate, { recordNo: key, description: "Travel of Ann" });
  await step("bill_by_external_key", AccountsPayable.BillUpdate, {
    externalId: "OURS-1",
    lines: [made(AccountsPayable.BillLineUpdate, { lineNo: 2, memo: "Refund of a fare" })],
  });
  await step("bill_reversed", AccountsPayable.BillReverse, {
    recordNo: key,
    reverseDate: day("2026-02-10"),
    memo: "Twice",
  });
  const draft = { ...bill, billNumber: "B-2", externalId: undefined, action: "Draft" };
  const other = await step("bill_draft", AccountsPayable.BillCreate, draft);
  await step("bill_gone", AccountsPayable.BillDelete, { recordNo: other.key });

  const owed = { ...bill, billNumber: "B-3", externalId: undefined, lines: bill.lines.slice(0, 1) };
  const payable = await step("bill_to_pay", AccountsPayable.BillCreate, owed);
  const pays = (amount, more) => ({
    apPaymentInfo: made(AccountsPayable.ApPaymentInfo, {
      paymentMethod: "Cash",
      financialEntityId: "BOA",
      vendorId: "V1",
      paymentDate: day("2026-02-20"),
      transactionCurrency: "USD",
      apPaymentDetails: [
        new AccountsPayable.ApPaymentDetailBill(
          made(AccountsPayable.ApPaymentDetailBillInfo, { recordNo: payable.key, paymentAmount: amount }),
        ),
      ],
      ...more,
    }),
  });
  const cash = await step("payment", AccountsPayable.ApPaymentCreate, pays(40));
  await step("payment_void", AccountsPayable.ApPaymentVoid, { recordNo: Number(cash.data[0].RECORDNO) });
  const check = await step("check", AccountsPayable.ApPaymentCreate, pays(40.1, { paymentMethod: "Printed Check" }));
  await step("check_printed", AccountsPayable.ApPaymentConfirm, { recordNo: Number(check.data[0].RECORDNO) });
  const kept_back = await step("payment_draft", AccountsPayable.ApPaymentCreate, pays(60, { action: "Draft" }));
  const number = Number(kept_back.data[0].RECORDNO);
  await step("payment_changed", AccountsPayable.ApPaymentUpdate, pays(50, { recordNo: number, action: "Draft" }));
  await step("payment_gone", AccountsPayable.ApPaymentDelete, { recordNo: number });
  await step("payment_rest", AccountsPayable.ApPaymentCreate, pays(60));
  await step("adjustment", AccountsPayable.ApAdjustmentCreate, {
    vendorId: "V1",
    transactionDate: day("2026-02-03"),
    adjustmentNumber: "ADJ-1",
    lines: [
      made(AccountsPayable.ApAdjustmentLineCreate, { ...place, glAccountNumber: "6000", transactionAmount: -12.3 }),
    ],
  });

  const card = {
    chargeCardId: "CARD",
    transactionDate: day("2026-02-03"),
    referenceNumber: "C-1",
    payee: "Hotel",
    lines: [
      made(CashManagement.ChargeCardTransactionLineCreate, { ...place, glAccountNumber: "6000", transactionAmount: 9.99 }),
    ],
  };
  const charge = await step("card", CashManagement.ChargeCardTransactionCreate, card);
  await step("card_changed", CashManagement.ChargeCardTransactionUpdate, {
    recordNo: charge.key,
    description: "Night",
    attachmentsId: "A-1",
    lines: [made(CashManagement.ChargeCardTransactionLineUpdate, { lineNo: 1, memo: "Room" })],
  });
  await step("card_reversed", CashManagement.ChargeCardTransactionReverse, {
    recordNo: charge.key,
    reverseDate: day("2026-02-04"),
    memo: "Wrong card",
  });

  const report = {
    employeeId: "E1",
    transactionDate: day("2026-02-03"),
    expenseReportNumber: "EXP-1",
    baseCurrency: "USD",
    reimbursementCurrency: "USD",
    reasonForExpense: "Fair",
    lines: [
      made(EmployeeExpense.ExpenseReportLineCreate, {
        ...place,
        glAccountNumber: "6000",
        reimbursementAmount: 20.5,
        expenseDate: day("2026-02-01"),
        paidTo: "Taxi",
        billable: false,
      }),
    ],
  };
  const reported = await step("report", EmployeeExpense.ExpenseReportCreate, report);
  const toPay = await step("report_to_pay", EmployeeExpense.ExpenseReportCreate, { ...report, expenseReportNumber: "EXP-3" });
  await step("reimbursement", EmployeeExpense.ReimbursementRequestCreate, {
    bankAccountId: "BOA",
    employeeId: "E1",
    paymentMethod: "Cash",
    paymentDate: day("2026-02-20"),
    memo: "Fair",
    applyToTransactions: [
      made(EmployeeExpense.ReimbursementRequestItem, { applyToRecordId: Number(toPay.key), amountToApply: 20.5 }),
    ],
  });
  await step("report_reversed", EmployeeExpense.ExpenseReportReverse, {
    recordNo: reported.key,
    reverseDate: day("2026-02-04"),
    memo: "Twice",
  });
  const kept = await step("report_draft", EmployeeExpense.ExpenseReportCreate, {
    ...report,
    expenseReportNumber: "EXP-2",
    action: "Draft",
  });
  await step("report_gone", EmployeeExpense.ExpenseReportDelete, { recordNo: kept.key });
  await step("expense_adjustment", EmployeeExpense.ExpenseAdjustmentCreate, {
    employeeId: "E1",
    transactionDate: day("2026-02-03"),
    expenseAdjustmentNumber: "EADJ-1",
    lines: [
      made(EmployeeExpense.ExpenseAdjustmentLineCreate, {
        ...place,
        glAccountNumber: "6000",
        reimbursementAmount: -3,
        memo: "Too much",
      }),
    ],
  });

  await step("journal", GeneralLedger.JournalEntryCreate, {
    journalSymbol: "GJ",
    postingDate: day("2026-02-03"),
    description: "Accrual",
    lines: two(
      GeneralLedger.JournalEntryLineCreate,
      { glAccountNumber: "6000", transactionAmount: 5.25, memo: "Debit" },
      { glAccountNumber: "2000", transactionAmount: -5.25 },
    ),
  });
  await step("statistical", GeneralLedger.StatisticalJournalEntryCreate, {
    journalSymbol: "SJ",
    postingDate: day("2026-02-03"),
    description: "Kilometres",
    lines: [
      made(GeneralLedger.StatisticalJournalEntryLineCreate, { ...place, statAccountNumber: "KM", amount: 120 }),
    ],
  });

  await step("contact", Company.ContactCreate, {
    contactName: "Bo",
    printAs: "Bo Lind",
    primaryEmailAddress: "bo@example.org",
    city: "Oslo",
  });
  await step("contact_changed", Company.ContactUpdate, { contactName: "Bo", cellularPhoneNo: "12 34" });
  await step("employee", EmployeeExpense.EmployeeCreate, {
    employeeId: "E9",
    contactName: "Bo",
    departmentId: "1",
    locationId: "100-US",
    managerEmployeeId: "E1",
    startDate: day("2026-01-05"),
    active: true,
  });
  await step("employee_changed", EmployeeExpense.EmployeeUpdate, { employeeId: "E9", title: "Buyer" });
  await step("vendor", AccountsPayable.VendorCreate, {
    vendorId: "V9",
    vendorName: "Hotel",
    printAs: "Hotel",
    paymentTerm: "Net 30",
    active: true,
  });
  await step("vendor_changed", AccountsPayable.VendorUpdate, { vendorId: "V9", comments: "Asked" });
  await step("vendor_gone", AccountsPayable.VendorDelete, { vendorId: "V9" });
  await step("class", Company.ClassCreate, { classId: "K1", className: "One" });
  await step("class_changed", Company.ClassUpdate, { classId: "K1", className: "Uno", active: false });
  await step("class_gone", Company.ClassDelete, { classId: "K1" });
  await step("location", Company.LocationCreate, { locationId: "110", locationName: "Boston", parentLocationId: "100-US" });
  await step("user", Company.UserCreate, {
    userId: "bo",
    userType: "employee user",
    userName: "Bo Lind",
    lastName: "Lind",
    firstName: "Bo",
    primaryEmailAddress: "bo@example.org",
    active: true,
  });
  await step("account", GeneralLedger.AccountCreate, {
    accountNo: "6900",
    title: "Other",
    accountType: "incomestatement",
    normalBalance: "debit",
    closingType: "closing account",
    requireDepartment: true,
  });
  await step("project", Projects.ProjectCreate, { projectId: "P1", projectName: "Move", projectCategory: "Internal" });
  await step("task", Projects.TaskCreate, { taskName: "Pack", projectId: "P1" });
  await step("task_gone", Projects.TaskDelete, { recordNo: 1 });
  await step("project_gone", Projects.ProjectDelete, { projectId: "P1" });
  await step("allocation", Company.AllocationCreate, {
    allocationId: "SPLIT",
    allocationBy: "Percentage",
    lines: [
      made(Company.AllocationLine, { ...place, amount: 40 }),
      made(Company.AllocationLine, { ...place, departmentId: "2", amount: 60 }),
    ],
  });
  await step("allocation_gone", Company.AllocationDelete, { allocationId: "SPLIT" });

  await step("by_name", Common.ReadByName, { objectName: "GLACCOUNT", names: ["6000", "2000"] });
  await step("inspected", Common.Inspect, { objectName: "APBILL" });
  await step("listed", Common.GetList.GetList, { object: "location" });
  await step("dimensions", PlatformServices.DimensionsGet, {});
  await step("relationships", PlatformServices.DimensionRelationshipsGet, {});
  console.log(JSON.stringify(seen));
})().catch((error) => {
  console.error(error.stack, error.errors);
  process.exit(1);
});
