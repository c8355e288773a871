namespace CogVideoX.Compiler.Language;

/// <summary>State spaces that an instruction takes an address in.</summary>
[Flags]
public enum AddressSpaces
{
    /// <summary>Memory of the device.</summary>
    Global = 1,

    /// <summary>Memory of the block.</summary>
    Shared = 2,

    /// <summary>Constant arrays.</summary>
    Constant = 4,

    /// <summary>A thread's own arrays in memory (<see cref="Language.Local"/>).</summary>
    Local = 8,

    /// <summary>What threads can write together.</summary>
    GlobalOrShared = Global | Shared,

    /// <summary>Each of these.</summary>
    Any = Global | Shared | Constant | Local,
}
