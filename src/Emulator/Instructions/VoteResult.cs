namespace CogVideoX.Emulator.Instructions;

internal readonly record struct VoteResult(ulong Value, bool Predicate = false);
