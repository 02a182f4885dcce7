/** Controls, marks that turn the direction of text, and what cannot be seen: a title must look like what it is. */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu;

const mostUnits = 60;

/** What a program may call its tab. */
export function cleanTitle(title: string): string {
  const clean = title.slice(0, 1000).replace(unseen, '').replace(/\s+/g, ' ').trim();
  return clean.length > mostUnits ? `${Array.from(clean).slice(0, mostUnits).join('')}…` : clean;
}
