namespace CogVideoX.Emulator.Numerics;

/// <summary>How a value that isn't representable is rounded (PTX ISA 9.7.3, .rn .rz .rm .rp; .rna rounds ties away from zero).</summary>
internal enum RoundingMode { NearestEven, TowardZero, Down, Up, NearestAway }
