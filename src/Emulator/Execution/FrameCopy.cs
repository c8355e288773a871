namespace CogVideoX.Emulator.Execution;

/// <summary>Bytes of a thread's frame that a call or return copies.</summary>
internal readonly record struct FrameCopy(int From, int To, int Bytes);
