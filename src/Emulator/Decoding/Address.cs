namespace CogVideoX.Emulator.Decoding;

/// <summary>An address operand: a register slot (32- or 64-bit) plus bytes.</summary>
internal readonly record struct Address(int Slot, bool IsWide, long Offset);
