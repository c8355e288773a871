namespace CogVideoX.Emulator.Syntax;

internal enum TokenKind { Name, Suffix, Integer, Real, Text, Mark, End }
