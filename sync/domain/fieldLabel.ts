/** "Amount Paid" of Amount_Paid__c, "Due date" of dueDate. */
export function fieldLabel(field: string): string {
  const words = field
    .replace(/__c$/, '')
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, (_, left: string, right: string) => `${left} ${right.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
