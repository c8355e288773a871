namespace CogVideoX.Emulator.Mutations;

/// <summary>A module with one instruction weakened.</summary>
/// <param name="Line">PTX line of the instruction</param> <param name="Change">what was done to it</param>
/// <param name="Text">the module</param>
internal sealed record Mutant(int Line, string Change, string Text);
