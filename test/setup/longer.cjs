// Starting an org, a Stripe and a database takes seconds on a busy machine with two cores.
jest.setTimeout(60_000);
