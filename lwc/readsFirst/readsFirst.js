import { inWords } from 'c/errors';

/**
 * What screens have in common that `read` what they show before anything can be done: it is their `preview`, and they say in
 * words when it cannot be read. A mixin, since dialogs and screen actions stand on different classes of the platform.
 */
export const ReadsFirst = (Base) =>
  class extends Base {
    preview;
    isLoading = true;
    isBusy = false;
    errorText = '';

    async load() {
      try {
        this.preview = await this.read();
      } catch (error) {
        this.errorText = inWords(error);
      } finally {
        this.isLoading = false;
      }
    }

    get isWorking() {
      return this.isLoading || this.isBusy;
    }
  };
