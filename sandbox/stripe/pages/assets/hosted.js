// The form works without this file; here the digits are grouped while they are typed, and a second click does nothing.

const form = document.getElementById('payment-form');
const { cardNumber, cardExpiry, cardCvc } = form?.elements ?? {};

if (form) {
  cardNumber.addEventListener('input', () => write(cardNumber, grouped(digits(cardNumber).slice(0, 19))));
  cardExpiry.addEventListener('input', (event) =>
    write(cardExpiry, expiry(digits(cardExpiry).slice(0, 4), event)),
  );
  cardCvc.addEventListener('input', () => write(cardCvc, digits(cardCvc).slice(0, 4)));
  form.addEventListener('submit', once);
  form.querySelector('[aria-invalid]')?.focus();
}

function digits(input) {
  return input.value.replace(/\D/g, '');
}

/** American Express prints 4-6-5, everybody else groups of four. */
function grouped(number) {
  const groups = /^3[47]/.test(number)
    ? [number.slice(0, 4), number.slice(4, 10), number.slice(10, 15)]
    : (number.match(/.{1,4}/g) ?? []);
  return groups.filter(Boolean).join(' ');
}

/** "1" may become "12", "5" can only be May; the slash must not come back while it is being deleted. */
function expiry(typed, { inputType = '' }) {
  const value = /^[2-9]/.test(typed) ? `0${typed}`.slice(0, 4) : typed;
  if (value.length < 2 || (value.length === 2 && inputType.startsWith('delete'))) return value;
  return `${value.slice(0, 2)} / ${value.slice(2)}`;
}

/** Keeps the caret behind the digit it was behind, although spaces come and go. */
function write(input, value) {
  if (input.value === value) return;
  const atEnd = input.selectionStart === input.value.length;
  const before = input.value.slice(0, input.selectionStart).replace(/\D/g, '').length;
  input.value = value;
  if (atEnd) return;
  let caret = 0;
  for (let seen = 0; caret < value.length && seen < before; caret += 1)
    if (/\d/.test(value[caret])) seen += 1;
  input.setSelectionRange(caret, caret);
}

function once(event) {
  const button = form.querySelector('button');
  if (button.getAttribute('aria-disabled') === 'true') return event.preventDefault();
  button.setAttribute('aria-disabled', 'true');
  button.textContent = 'Processing…';
}

// The browser may bring the page back as it was left, with the button still waiting.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});
