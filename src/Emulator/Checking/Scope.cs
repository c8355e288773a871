namespace CogVideoX.Emulator.Checking;

/// <summary>Scope of a strong operation (PTX ISA 8.5); Weak for the others.</summary>
internal enum Scope { Weak, Cta, Cluster, Gpu, System }
