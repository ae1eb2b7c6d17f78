"""What can be turned at Certify. Marks as in include/sandbox/settings.py: V verified, I inferred, U unknown."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class CertifySettings(BaseModel):
    """Emburse Certify."""

    certify_key: str = Field("sandbox-key", description="The value of x-api-key that Certify knows.")
    certify_secret: str = Field("sandbox-secret", description="The value of x-api-secret that belongs to it.")

    certify_page_size: int = Field(25, ge=1, le=100_000, description="Records on a page. [U: stated nowhere]")
    certify_empty_page_has_paging: bool = Field(
        False, description="An empty list carries Page, PageCount, Records and RecordCount too. [V: it does not]"
    )
    certify_past_end_of_expenses: Literal["http_403", "empty"] = Field(
        "http_403", description="A page after the last one of /expenses. Other lists are empty there. [single source]"
    )
    certify_end_date_inclusive: bool = Field(True, description="enddate and its kin include the day they name. [I]")
    certify_email_filter: Literal["ignored", "honoured"] = Field(
        "ignored", description="`email=` of GET /users. [U: one client sends it and filters again itself]"
    )
    certify_unknown_id: Literal["http_404", "empty"] = Field(
        "http_404", description="GET of an ID that does not exist: HTTP 404, or an empty list with 200. [U]"
    )
    certify_unprocessed_by_id: Literal["hidden", "shown"] = Field(
        "hidden", description="GET of a report or line by ID while it is unprocessed. [V: returns a processed report]"
    )
    certify_disapproved_status: str = Field("Disapproved", description="Status of a disapproved line. [U]")
    certify_disapproved_in_report: bool = Field(
        False, description="GET /expensereports/{id}/expenses gives disapproved lines too. [U]"
    )
    certify_visibility_delay_seconds: float = Field(
        0, ge=0, description="How long a record that was just created stays out of lists. [U]"
    )

    certify_put_users: Literal["full", "email_only"] = Field(
        "full", description="PUT /users takes the whole record, or only Email and SendWelcomeEmail. [I: whole]"
    )
    certify_put_empglds: Literal["both", "with_index", "without_index"] = Field(
        "both", description="Path of the PUT that creates an employee GLD. [U]"
    )
    certify_duplicate_emails: Literal["refuse", "accept"] = Field(
        "refuse", description="Two users with one e-mail. [I]"
    )
    certify_duplicate_employee_ids: Literal["refuse", "accept"] = Field(
        "accept", description="Two users with one EmployeeID. [U]"
    )
    certify_duplicate_codes: Literal["refuse", "accept"] = Field(
        "accept", description="Two departments or two GLDs of one index with one Code. [I: accepted]"
    )
    certify_category_type: Literal["optional", "required"] = Field(
        "optional", description="A new expense category needs its ExpenseTypeID. [U]"
    )
    certify_duplicate_names: Literal["refuse", "accept"] = Field(
        "accept", description="Two departments, two GLDs of one index or two expense categories with one Name. [U]"
    )
    certify_longest_code: int = Field(
        0, ge=0, description="Characters that a Code of departments and GLDs may have; 0: any number. [U]"
    )
    certify_longest_name: int = Field(
        0, ge=0, description="The same of the Name of departments, GLDs and expense categories. [U]"
    )
    certify_too_long: Literal["refuse", "truncate"] = Field(
        "refuse", description="A Code or Name that is longer: refused, or cut without a word. [U]"
    )
    certify_decimals_in_whole_numbers: Literal["refuse", "cut"] = Field(
        "refuse",
        description="A written number with decimals where clients read whole ones, as in the daily limits of a category. [U]",
    )
    certify_unknown_id_in_post: Literal["record_error", "http_404"] = Field(
        "record_error", description="POST with an ID that does not exist: an Error for that record, or HTTP 404. [U]"
    )
    certify_unknown_fields: Literal["ignore", "refuse"] = Field(
        "ignore", description="Fields in a written record that the resource does not have. [U]"
    )
    certify_users_keep: Literal["all", "known", "refuse_others"] = Field(
        "all",
        description="Which fields of a user a write changes: all; those that a client is known to write, and no others; or a record "
        "with another is refused whole. [U of EmpGLD2ID to EmpGLD5ID, Culture, Language, Currency, MobilePhone]",
    )
    certify_second_approver: Literal["SecondApproverID", "SedondApproverID"] = Field(
        "SecondApproverID",
        description="Under which name a user that is read shows the second approver. [conflict: one client reads the misspelt one]",
    )
    certify_roles_endpoint: bool = Field(
        True,
        description="POST /roles exists: changes the Role of users, nothing else. [single source: a client posts to it]",
    )

    certify_error_style: Literal["value", "message", "html"] = Field(
        "value", description="JSON errors use errorValue (V) or errorMessage (seen by one client), or are HTML pages."
    )
    certify_charset_content_type: Literal["html_400", "accepted"] = Field(
        "html_400", description="Content-Type `application/json; charset=utf-8`: an HTML page with 400. [V]"
    )
    certify_approval_code_type: Literal["string", "number"] = Field(
        "string", description="JSON type of ApprovalCode. [U: two clients disagree]"
    )
    certify_approval_code_on_reprocess: Literal["new", "same"] = Field(
        "new", description="ApprovalCode after unprocess and reprocess, unless the act says otherwise. [U]"
    )
    certify_time_in_dates: bool = Field(False, description="LastModifiedDate and UploadDate carry a time part. [U]")
    certify_receipt_encoding: Literal["base64", "base64_lines", "data_uri"] = Field(
        "base64", description="How ReceiptImage is written: in one line, in lines of 76, or as a data: URI. [U]"
    )
    certify_cpdlist_by_id: Literal["envelope", "bare"] = Field(
        "envelope", description="GET /cpdlists/{id} answers in the page envelope or with the bare object. [conflict]"
    )
    certify_employee_gld_labels: list[str] = Field(
        ["ENTITY", "EmpGLD2", "EmpGLD3", "EmpGLD4", "EmpGLD5"],
        min_length=5,
        max_length=5,
        description="Labels of the five employee GLDs; what a write says of the label changes nothing. [V]",
    )
    certify_report_gld_labels: list[str] = Field(
        ["Project", "Customer", "ENTITY", "ExpRptGLD4", "ExpRptGLD5"],
        min_length=5,
        max_length=5,
        description="Labels of the five expense report GLDs. [V]",
    )
    certify_omitted_fields: dict[str, list[str]] = Field(
        {}, description="Fields that a resource no longer sends (a changed schema): resource to field names."
    )
