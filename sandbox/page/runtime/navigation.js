/** Addresses of pages, as Lightning Experience writes them, and the way between them without loading a document. */
const listeners = new Set();

/** The address of a page reference. Throws for a kind of page that the sandbox does not have. */
export function urlOf({ type, attributes = {}, state = {} }) {
  switch (type) {
    case 'standard__recordPage': {
      const object = attributes.objectApiName ? `${attributes.objectApiName}/` : '';
      return `/lightning/r/${object}${attributes.recordId}/${attributes.actionName ?? 'view'}${search(state)}`;
    }
    case 'standard__recordRelationshipPage': {
      const { objectApiName, recordId, relationshipApiName } = attributes;
      return `/lightning/r/${objectApiName}/${recordId}/related/${relationshipApiName}/view${search(state)}`;
    }
    case 'standard__objectPage': {
      const action = attributes.actionName === 'home' ? 'list' : (attributes.actionName ?? 'list');
      return `/lightning/o/${attributes.objectApiName}/${action}${search(state)}`;
    }
    case 'standard__namedPage':
      return `/lightning/page/${attributes.pageName}${search(state)}`;
    case 'standard__webPage':
      return attributes.url;
    default:
      throw new Error(`The sandbox has no page of the type ${type}.`);
  }
}

/** The page reference of an address; undefined for an address that leads nowhere. */
export function referenceOf(pathname, query = '') {
  const state = Object.fromEntries(new URLSearchParams(query));
  const [area, ...rest] = pathname
    .replace(/^\/(lightning\/?)?/, '')
    .split('/')
    .map(decodeURIComponent);
  if (area === '' || (area === 'page' && rest[0] === 'home')) {
    return { type: 'standard__namedPage', attributes: { pageName: 'home' }, state };
  }
  if (area === 'page' && rest[0] === 'filePreview') {
    return { type: 'standard__namedPage', attributes: { pageName: 'filePreview' }, state };
  }
  if (area === 'o' && (rest[1] === 'list' || rest[1] === 'home')) {
    return {
      type: 'standard__objectPage',
      attributes: { objectApiName: rest[0], actionName: 'list' },
      state,
    };
  }
  if (area === 'r' && rest.length === 5 && rest[2] === 'related') {
    const [objectApiName, recordId, , relationshipApiName, actionName] = rest;
    const attributes = { objectApiName, recordId, relationshipApiName, actionName };
    return { type: 'standard__recordRelationshipPage', attributes, state };
  }
  if (area === 'r' && (rest.length === 2 || rest.length === 3)) {
    const [actionName, recordId, objectApiName] = rest.reverse();
    return { type: 'standard__recordPage', attributes: { objectApiName, recordId, actionName }, state };
  }
  return undefined;
}

export function currentReference() {
  return referenceOf(location.pathname, location.search);
}

export function navigate(reference, replace = false) {
  const url = urlOf(reference);
  if (reference.type === 'standard__webPage') window.open(url, '_blank', 'noopener');
  else goTo(url, replace);
}

export function goTo(url, replace = false) {
  if (url !== location.pathname + location.search)
    history[replace ? 'replaceState' : 'pushState']({}, '', url);
  tell();
}

/** Calls back after each change of the page; the answer stops that. */
export function watchNavigation(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Lets plain links inside the page change it without loading a document. */
export function followLinks(target = document) {
  window.addEventListener('popstate', tell);
  target.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((element) => element instanceof HTMLAnchorElement);
    if (!link || (link.target && link.target !== '_self') || link.origin !== location.origin) return;
    if (!link.pathname.startsWith('/lightning/')) return;
    event.preventDefault();
    goTo(link.pathname + link.search);
  });
}

function tell() {
  for (const listener of [...listeners]) listener();
}

function search(state) {
  const text = new URLSearchParams(state).toString();
  return text ? `?${text}` : '';
}
