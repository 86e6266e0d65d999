// Starting an org, a Stripe and a database takes seconds on a busy machine with two cores, and what is waited for
// (`eventually`) may take long there.
jest.setTimeout(480_000);
