namespace CogVideoX.Kernels.MachineCode;

/// <summary>What a processor and its system say of themselves, as far as our code asks.</summary>
/// <param name="Leaf1Ecx">CPUID 1, ecx.</param>
/// <param name="Leaf7Ebx">CPUID 7.0, ebx.</param>
/// <param name="Leaf7Edx">CPUID 7.0, edx.</param>
/// <param name="Leaf71Eax">CPUID 7.1, eax.</param>
/// <param name="EnabledStates">XCR0: the registers that the system saves; 0 where it can't be read.</param>
/// <param name="TilesPermitted">Whether the system lets this process use AMX's tiles.</param>
internal readonly record struct CpuidAnswers(
    uint Leaf1Ecx, uint Leaf7Ebx, uint Leaf7Edx, uint Leaf71Eax, ulong EnabledStates, bool TilesPermitted);
