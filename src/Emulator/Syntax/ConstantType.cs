namespace CogVideoX.Emulator.Syntax;

internal enum ConstantType { Signed, Unsigned, Real }
