namespace CogVideoX.Emulator.Syntax;

/// <summary>One word of PTX. <see cref="Bits"/> holds an integer's value or the bits of a double.</summary>
/// <param name="Joined">no space stands before it: a suffix belongs to the word before</param>
/// <param name="Single">the bits are a float's (0f…), not a double's</param> <param name="Unsigned">an integer written with U</param>
internal readonly record struct Token(
    TokenKind Kind, string Text, ulong Bits, int Line, bool Joined, bool Single = false, bool Unsigned = false)
{
    public bool Is(string text) => Kind is TokenKind.Mark or TokenKind.Suffix or TokenKind.Name && Text == text;
}
