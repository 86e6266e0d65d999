/** The text of an error, for a person. */
export function messageOf(error) {
  const { body } = error ?? {};
  if (
    error?.status === 403 ||
    body?.errorCode === 'INSUFFICIENT_ACCESS' ||
    body?.errorCode === 'INVALID_TYPE'
  ) {
    return 'You do not have access to this. Ask an administrator for the permission set, or work as another user.';
  }
  const pageErrors = body?.output?.errors ?? [];
  if (pageErrors.length > 0) return pageErrors.map(({ message }) => message).join(' ');
  if (Array.isArray(body)) return body.map(({ message }) => message).join(' ');
  return body?.message ?? error?.message ?? String(error);
}

/** Messages of a refused save by field, and those that belong to no field. */
export function saveErrors(error) {
  const { errors = [], fieldErrors = {} } = error?.body?.output ?? {};
  const byField = Object.fromEntries(
    Object.entries(fieldErrors).map(([field, list]) => [field, list.map(({ message }) => message).join(' ')]),
  );
  const general = errors.map(({ message }) => message);
  if (general.length === 0 && Object.keys(byField).length === 0) general.push(messageOf(error));
  return { general, byField };
}
