/** The package has no types of its own; this is what we use of it. */
declare module 'seek-bzip' {
  const Bunzip: {
    /** Writes what it decodes to `output`, byte by byte; `multistream` reads on after the first stream. */
    decode(input: Uint8Array, output: { writeByte(byte: number): void }, multistream: boolean): void
  }
  export default Bunzip
}
