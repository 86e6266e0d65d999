/** The parts of a person's name as an org keeps them. The last word is the last name, which an org requires. */
export function splitName(name: string): { FirstName: string | null; LastName: string } {
  const words = name.trim().split(/\s+/);
  const last = words.pop()!;
  return { FirstName: words.join(' ') || null, LastName: last };
}
