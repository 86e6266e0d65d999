import { callsRefused, loginRefused } from '../../sync/salesforce/refusal.ts';
import { keyRefused, refusesAll } from '../../sync/stripe/translateError.ts';

describe('a login that the org refuses says what to do', () => {
  test.each([
    ['invalid_grant', "user hasn't approved this consumer", /Pre-authorize the permission set/],
    ['invalid_grant', 'user is inactive', /unfreeze or unlock the integration user/],
    ['invalid_grant', 'expired assertion', /clock/],
    ['invalid_grant', 'audience is invalid', /SALESFORCE_LOGIN_URL/],
    ['invalid_grant', 'ip restricted', /Network Access/],
    ['invalid_client', 'invalid client credentials', /SALESFORCE_CLIENT_SECRET/],
    ['invalid_client_id', 'client identifier invalid', /SALESFORCE_CLIENT_ID/],
    ['inactive_org', 'organization is locked', /unlock the org/],
    ['something_new', 'that nobody knows', /Check the consumer key/],
  ])('%s: %s', (error, described, step) => {
    const { message, code } = loginRefused(JSON.stringify({ error, error_description: described }));
    expect(code).toBe('crm_login_refused');
    expect(message).toContain(`Salesforce refuses our login (${described}).`);
    expect(message).toMatch(step);
    expect(message).toMatch(/goes on by itself as soon as this is mended/);
  });

  test('also where a proxy answers with a page', () => {
    expect(loginRefused('<html>Forbidden</html>').message).toContain('(it gives no reason)');
  });
});

test('a refusal of one object is none of all calls', () => {
  expect(callsRefused('[{"errorCode":"INSUFFICIENT_ACCESS_OR_READONLY","message":"x"}]')).toBeUndefined();
  expect(callsRefused('[{"errorCode":"API_DISABLED_FOR_ORG","message":"x"}]')?.code).toBe(
    'crm_api_disabled_for_org',
  );
});

test('an expired key, and one without a permission', () => {
  const said = { message: 'Expired API Key provided: rk_live_***1234', code: 'api_key_expired' };
  expect(keyRefused(said, { stage: 'read-stripe' }).message).toMatch(/it has expired\. Make another one/);
  expect(refusesAll(said)).toBe(true);
  expect(refusesAll({ message: 'The provided key does not have the required permissions' })).toBe(false);
});
