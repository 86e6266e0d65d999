/** On a payment link and its payments: the invoice that is to be paid, and its customer. */
export const LINKED_INVOICE = 'stripe_invoice_id';
export const OF_CUSTOMER = 'stripe_customer_id';

/** On a refund: what is given back never counted for the invoice. */
export const NOT_COUNTED = 'not_counted';

/** On a payment from outside that is reported: the payment through a link that it stands for. */
export const STANDS_FOR = 'stands_for';
