import FINALIZE from '@salesforce/label/c.Finalize_Without_Sending';
import SEND_AGAIN from '@salesforce/label/c.Send_Again';
import REMIND from '@salesforce/label/c.Remind_Customer';
import COUNTS_AS_REMINDER from '@salesforce/label/c.Counts_As_Reminder';
import CHARGE_CARD from '@salesforce/label/c.Charge_Card_On_File';
import CREATE_LINK from '@salesforce/label/c.Create_Payment_Link';
import MARK_PAID from '@salesforce/label/c.Mark_As_Paid';
import RECORD_PAYMENT from '@salesforce/label/c.Record_Payment';
import REFUND from '@salesforce/label/c.Refund';
import CREDIT from '@salesforce/label/c.Issue_Credit_Note';
import DUPLICATE from '@salesforce/label/c.Duplicate_Invoice';
import WILL_DUPLICATE from '@salesforce/label/c.Will_Duplicate';
import ORIGINAL_STAYS from '@salesforce/label/c.Original_Stays';
import MARK_UNCOLLECTIBLE from '@salesforce/label/c.Mark_As_Uncollectible';
import VOID from '@salesforce/label/c.Void_Invoice';
import REVISE from '@salesforce/label/c.Revise_Invoice';
import DELETE_DRAFT from '@salesforce/label/c.Delete_Draft';
import WILL_FINALIZE from '@salesforce/label/c.Will_Finalize';
import WILL_NOT_MAIL from '@salesforce/label/c.Will_Not_Mail';
import CANNOT_UNDO from '@salesforce/label/c.Cannot_Undo';
import WILL_MAIL from '@salesforce/label/c.Will_Mail';
import SAME_INVOICE from '@salesforce/label/c.Will_Be_Same_Invoice';
import WILL_CHARGE from '@salesforce/label/c.Will_Charge_Card';
import MAY_BE_DECLINED from '@salesforce/label/c.Card_May_Be_Declined';
import ONLY_REFUND from '@salesforce/label/c.Only_Refund_Undoes';
import WILL_CREATE_LINK from '@salesforce/label/c.Will_Create_Link';
import LINK_FOLLOWS from '@salesforce/label/c.Link_Follows_Invoice';
import WILL_BE_PAID from '@salesforce/label/c.Will_Count_As_Paid';
import FINAL from '@salesforce/label/c.Is_For_Good';
import WILL_BE_BAD_DEBT from '@salesforce/label/c.Will_Be_Bad_Debt';
import STILL_PAYABLE from '@salesforce/label/c.Stays_Payable';
import WILL_VOID from '@salesforce/label/c.Will_Void';
import KEEPS_NUMBER from '@salesforce/label/c.Void_Keeps_Number';
import WILL_REVISE from '@salesforce/label/c.Will_Revise';
import OLD_STAYS from '@salesforce/label/c.Old_Stays_Until_Final';
import WILL_DELETE from '@salesforce/label/c.Will_Delete_Draft';
import ConfirmAction from 'c/confirmAction';
import CreditInvoice from 'c/creditInvoice';
import RecordPayment from 'c/recordPayment';
import RefundInvoice from 'c/refundInvoice';

/**
 * What can be done with an invoice, in the order of the menu; lwc/actionRules says when each is offered. The dialog is
 * opened with all of the entry and with the recordId, and closes with the command's result, or with nothing when the
 * person thought better of it. Consequences: {0} is the address that a mail goes to.
 */
export const MENU = [
  {
    action: 'finalize',
    label: FINALIZE,
    icon: 'utility:lock',
    dialog: ConfirmAction,
    consequences: [WILL_FINALIZE, WILL_NOT_MAIL, CANNOT_UNDO],
  },
  {
    action: 'resend',
    label: SEND_AGAIN,
    icon: 'utility:email',
    dialog: ConfirmAction,
    consequences: [WILL_MAIL, SAME_INVOICE],
    isMailed: true,
  },
  {
    action: 'remind',
    label: REMIND,
    icon: 'utility:alert',
    dialog: ConfirmAction,
    consequences: [WILL_MAIL, COUNTS_AS_REMINDER, SAME_INVOICE],
    isMailed: true,
  },
  {
    action: 'pay',
    label: CHARGE_CARD,
    icon: 'utility:moneybag',
    dialog: ConfirmAction,
    consequences: [WILL_CHARGE, MAY_BE_DECLINED, ONLY_REFUND],
  },
  {
    action: 'record-payment',
    label: RECORD_PAYMENT,
    icon: 'utility:currency',
    dialog: RecordPayment,
  },
  {
    action: 'create-payment-link',
    label: CREATE_LINK,
    icon: 'utility:link',
    dialog: ConfirmAction,
    consequences: [WILL_CREATE_LINK, LINK_FOLLOWS],
  },
  {
    action: 'mark-paid',
    label: MARK_PAID,
    icon: 'utility:check',
    dialog: ConfirmAction,
    consequences: [WILL_BE_PAID, FINAL],
  },
  {
    action: 'refund',
    label: REFUND,
    icon: 'utility:undo',
    dialog: RefundInvoice,
  },
  {
    action: 'credit',
    label: CREDIT,
    icon: 'utility:contract_alt',
    dialog: CreditInvoice,
    size: 'medium',
  },
  {
    action: 'mark-uncollectible',
    label: MARK_UNCOLLECTIBLE,
    icon: 'utility:warning',
    dialog: ConfirmAction,
    consequences: [WILL_BE_BAD_DEBT, STILL_PAYABLE],
  },
  {
    action: 'void',
    label: VOID,
    icon: 'utility:ban',
    dialog: ConfirmAction,
    consequences: [WILL_VOID, KEEPS_NUMBER, FINAL],
    isDestructive: true,
  },
  {
    action: 'revise',
    label: REVISE,
    icon: 'utility:edit',
    dialog: ConfirmAction,
    consequences: [WILL_REVISE, OLD_STAYS],
  },
  {
    action: 'duplicate',
    label: DUPLICATE,
    icon: 'utility:copy',
    dialog: ConfirmAction,
    consequences: [WILL_DUPLICATE, ORIGINAL_STAYS],
  },
  {
    action: 'delete',
    label: DELETE_DRAFT,
    icon: 'utility:delete',
    dialog: ConfirmAction,
    consequences: [WILL_DELETE, FINAL],
    isDestructive: true,
  },
];
