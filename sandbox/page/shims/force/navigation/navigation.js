import { currentReference, navigate, urlOf, watchNavigation } from 'runtime/navigation';

const Navigate = Symbol('Navigate');
const GenerateUrl = Symbol('GenerateUrl');

export const NavigationMixin = (Base) =>
  class extends Base {
    [Navigate](reference, replace) {
      navigate(reference, replace);
    }

    [GenerateUrl](reference) {
      return new Promise((resolve) => resolve(urlOf(reference)));
    }
  };
NavigationMixin.Navigate = Navigate;
NavigationMixin.GenerateUrl = GenerateUrl;

/** Wire adapter of the page reference; it emits again when the user goes to another page. */
export class CurrentPageReference {
  constructor(callback) {
    this.callback = callback;
  }

  connect() {
    this.stop = watchNavigation(() => this.callback(currentReference()));
    this.callback(currentReference());
  }

  update() {}

  disconnect() {
    this.stop?.();
  }
}
