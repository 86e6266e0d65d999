/** Closes the dialog of a screen action; the shell listens for it. */
export class CloseActionScreenEvent extends CustomEvent {
  constructor() {
    super('lightning__actionsclosescreen', { bubbles: true, composed: true, cancelable: true });
  }
}
