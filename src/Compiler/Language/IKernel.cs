namespace CogVideoX.Compiler.Language;

/// <summary>
/// A GPU kernel: a readonly struct whose constructor parameters are the launch signature (views, numbers, tensor maps) and whose
/// <see cref="Run"/> is what each thread does. Sizes that the compiler should know are type arguments or static members.
/// </summary>
public interface IKernel
{
    /// <summary>Threads of a CTA (.reqntid).</summary>
    static abstract Block Block { get; }

    /// <summary>CTAs of a cluster; one means no clusters.</summary>
    static virtual Block ClusterShape => new(1);

    /// <summary>CTAs that are to fit on a multiprocessor at once; zero leaves it to the assembler.</summary>
    static virtual int MinimumCtas => 0;

    /// <summary>Registers of a thread at most; zero leaves it to the assembler.</summary>
    static virtual int MaximumRegisters => 0;

    /// <summary>What a thread does.</summary>
    void Run();
}
