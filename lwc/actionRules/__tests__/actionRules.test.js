import { isPossible, ruledActions } from 'c/actionRules';
import { MENU } from '../../invoiceActions/menu';
import { possible, states } from '../../../test/unit/actionCases.json';

// The engine's rules are held to the same file.
describe('c-action-rules', () => {
  it.each(ruledActions)('offers %s exactly where the engine carries it out', (action) => {
    const offered = Object.entries(states).filter(([, facts]) => isPossible(action, facts));
    expect(offered.map(([state]) => state)).toEqual(possible[action]);
  });

  it('has a rule for each action of the menu', () => {
    expect(ruledActions.sort()).toEqual(MENU.map(({ action }) => action).sort());
  });

  it('offers a draft whose lines are not known to be finalized, and nothing that it does not know', () => {
    expect(isPossible('finalize', { status: 'draft' })).toBe(true);
    expect(isPossible('frobnicate', { status: 'open' })).toBe(false);
  });
});
