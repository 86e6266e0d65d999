/** Custom labels hold places {0}, {1} ... for what is only known at run time. */
export function format(label, ...values) {
  return label.replace(/\{(\d+)\}/g, (place, index) => values[index] ?? place);
}
