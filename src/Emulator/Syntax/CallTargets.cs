namespace CogVideoX.Emulator.Syntax;

/// <summary>What a call through a register may reach (PTX ISA 11.2): the functions of .calltargets, or those that fit a .callprototype.</summary>
/// <param name="Functions">null for a prototype</param> <param name="Prototype">null for a list of functions</param>
internal sealed record CallTargets(IReadOnlyList<string>? Functions, PtxFunction? Prototype);
