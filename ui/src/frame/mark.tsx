/** The mark: a shield with a lantern's flame in it. It takes the colour of the text, or the brand's. */
export function Mark({ size = 24 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <path
        d="M16 2.5 27 6.4v8.9c0 6.9-4.5 11.6-11 14.2C9.5 26.9 5 22.2 5 15.3V6.4L16 2.5Z"
        fill="var(--mantine-primary-color-filled)"
      />
      <path d="M16 8c3.4 3.3 5 5.9 5 8.6a5 5 0 0 1-10 0C11 13.9 12.6 11.3 16 8Z" fill="#ffd166" />
      <path d="M16 14.5c1.5 1.5 2.2 2.7 2.2 3.9a2.2 2.2 0 0 1-4.4 0c0-1.2.7-2.4 2.2-3.9Z" fill="#fff6df" />
    </svg>
  )
}
