namespace CogVideoX.Emulator;

/// <summary>A small module to check.</summary>
/// <param name="Id">its name in the table</param>
/// <param name="Target">the architecture that code is wanted for, which the templates name, too</param>
/// <param name="Version">the .version of the templates</param>
/// <param name="Wrap">of what the text is: <c>entry</c> (its body), <c>module</c> (what follows the header), <c>file</c> (all)</param>
/// <param name="Text">declarations and instructions</param>
public sealed record PtxTableRow(string Id, string Target, string Version, string Wrap, string Text);
