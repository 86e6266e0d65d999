import '@lwc/synthetic-shadow';
import { createElement } from 'lwc';
import { followLinks } from 'runtime/navigation';
import { loadSession } from 'runtime/session';

start().catch((error) => {
  const message = document.createElement('p');
  message.setAttribute('role', 'alert');
  message.textContent = `The sandbox org cannot be reached. Check that npm start is running, then load this page again. (${error.message})`;
  document.querySelector('#app').replaceChildren(message);
});

async function start() {
  await loadSession();
  // Components read the session while they are loaded, hence only now.
  const { default: App } = await import('shell/app');
  followLinks();
  document.querySelector('#app').replaceChildren(createElement('shell-app', { is: App }));
}
