import { splitName } from '../../sync/domain/personName.ts';

test.each([
  ['Ada Lovelace', 'Ada', 'Lovelace'],
  ['  Augusta  Ada   King ', 'Augusta Ada', 'King'],
  ['Plato', null, 'Plato'],
])('%s is split so that the org has a last name', (name, FirstName, LastName) => {
  expect(splitName(name)).toEqual({ FirstName, LastName });
});
