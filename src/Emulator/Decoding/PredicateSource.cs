namespace CogVideoX.Emulator.Decoding;

/// <summary>A predicate operand; <see cref="Flip"/> is all ones if it is written with '!'.</summary>
internal readonly record struct PredicateSource(int Slot, uint Flip);
