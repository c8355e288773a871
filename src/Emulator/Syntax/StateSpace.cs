namespace CogVideoX.Emulator.Syntax;

/// <summary>State spaces (PTX ISA 5.1).</summary>
internal enum StateSpace { Generic, Reg, Param, Const, Global, Local, Shared, SharedCluster }
