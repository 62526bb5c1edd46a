/** Names of a project that is about to be. */

/** As the server makes it of a name. Empty when nothing of the name can stand in an address. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_\s-]/g, '')
    .trim()
    .replaceAll(/[\s-]+/g, '-')
    .replaceAll(/^[-_]+|[-_]+$/g, '')
    .slice(0, 100)
}

/** A project that is called the same, or would be addressed the same. */
export function twinOf<P extends { readonly name: string; readonly slug: string }>(
  name: string,
  projects: readonly P[],
): P | undefined {
  const wanted = name.trim().toLowerCase()
  if (wanted === '') return undefined
  const slug = slugOf(name)
  return projects.find((each) => each.name.toLowerCase() === wanted || (slug !== '' && each.slug === slug))
}
