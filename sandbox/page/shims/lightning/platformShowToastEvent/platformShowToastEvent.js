export const ShowToastEventName = 'lightning__showtoast';

/** `{title, message, messageData, variant, mode}`; the shell shows it as a toast. */
export class ShowToastEvent extends CustomEvent {
  constructor(toast) {
    super(ShowToastEventName, { composed: true, cancelable: true, bubbles: true, detail: toast });
  }
}
