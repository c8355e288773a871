namespace CogVideoX.Emulator.Syntax;

internal enum OperandKind { Register, Special, Integer, Real, Symbol, Address, Vector, Pair, Sink }
