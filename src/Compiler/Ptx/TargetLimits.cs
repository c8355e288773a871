using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;
using CogVideoX.Ptx;

namespace CogVideoX.Compiler.Ptx;

/// <summary>What the target refuses, and the PTX version that a kernel needs (PTX ISA 11.1; CUDA programming guide, compute
/// capabilities).</summary>
internal static class TargetLimits
{
    private const int StaticSharedBytes = 48 << 10;
    private const int ConstantBytes = 64 << 10;
    private const int ParameterBytes = 4 << 10;
    private const int MostThreads = 1024;
    private const int MostClusterBlocks = 8;
    private const int ClusterIsa = 78;
    private const int ClusterArchitecture = 90;

    /// <summary>The least architecture that a function's instructions and launches need.</summary>
    public static Target Least(Function function)
    {
        var least = new Target(function.Launch.Cluster is null ? Target.Sm80.Architecture : ClusterArchitecture);
        foreach (Instruction instruction in function.Blocks.SelectMany(b => b.Instructions))
        {
            if (instruction.Ptx is not { } form)
                continue;
            if (form.Architecture > least.Architecture)
                least = new Target(form.Architecture);
            if (form.IsArchitectureSpecific)
                least = least with { IsSpecific = true };
        }
        return least;
    }

    /// <summary>Least PTX ISA version times ten.</summary>
    /// <exception cref="CompileException">CVX3001, CVX3003 to CVX3009.</exception>
    public static int Check(Function function, Target target)
    {
        int isa = IsaOf(function, target);
        CheckLaunch(function, target);
        CheckSizes(function);
        if (function.Launch.Cluster is not null)
            isa = Math.Max(isa, ClusterIsa);
        foreach (Block block in function.Blocks)
        {
            foreach (Instruction instruction in block.Instructions)
            {
                if (instruction.Ptx is not { } form)
                    continue;
                if (form.Architecture > target.Architecture
                    || (form.IsArchitectureSpecific && (!target.IsSpecific || form.Architecture != target.Architecture)))
                {
                    throw DiagnosticKinds.NeedsTarget.At(instruction.Location, Words(form), Need(form), target);
                }
                isa = Math.Max(isa, form.IsaVersion);
            }
        }
        return Existing(isa);
    }

    /// <summary>Bytes of static shared arrays, laid one after the other by their alignments.</summary>
    public static int StaticShared(Function function)
    {
        int bytes = 0;
        foreach (Variable variable in function.Variables.Where(v => v.Space == VariableSpace.Shared && !v.IsDynamic))
            bytes = Align(bytes, variable.Alignment) + variable.Bytes;
        return bytes;
    }

    /// <summary>The first version that knows the architecture, its a-variant included if it has one.</summary>
    private static int IsaOf(Function function, Target target)
    {
        PtxVersion? plain = FirstVersion(target.Architecture), specific = FirstVersion(target.Architecture, 'a');
        PtxVersion? known = target.Architecture < Target.Sm80.Architecture || (target.IsSpecific && specific is null) ? null : plain;
        if (known is null)
        {
            IEnumerable<PtxTarget> all = PtxTarget.Plain.Where(t => t.Number >= Target.Sm80.Architecture);
            throw DiagnosticKinds.UnknownTarget.At(function.Location, target, string.Join(", ", all), Target.Sm90a);
        }
        return (specific ?? known.Value).Tenths;
    }

    private static PtxVersion? FirstVersion(int architecture, char variant = '\0') => new PtxTarget(architecture, variant).FirstVersion;

    /// <summary>A version that exists: PTX went from 7.8 to 8.0 and from 8.8 to 9.0.</summary>
    private static int Existing(int isa) => isa % 10 == 9 ? isa + 1 : isa;

    private static string Words(PtxForm form)
    {
        string text = form.Text.Trim();
        int end = text.AsSpan().IndexOfAny(" \t\n;");
        return end > 0 ? text[..end] : text;
    }

    private static string Need(PtxForm form) =>
        form.IsArchitectureSpecific
            ? $"{new Target(form.Architecture, true)} and nothing else" : $"{new Target(form.Architecture)} or newer";

    private static void CheckLaunch(Function function, Target target)
    {
        LaunchShape launch = function.Launch;
        (int x, int y, int z) = launch.Block;
        if (x < 1 || y < 1 || z is < 1 or > 64 || (long)x * y * z > MostThreads)
            throw DiagnosticKinds.BlockOutOfLimits.At(function.Location, x, y, z);
        if (launch.MaximumRegisters is not (0 or (>= 16 and <= 255)))
            throw DiagnosticKinds.RegistersOutOfLimits.At(function.Location, launch.MaximumRegisters);
        if (launch.Cluster is not var (cx, cy, cz))
            return;
        if (cx < 1 || cy < 1 || cz < 1 || (long)cx * cy * cz > MostClusterBlocks || target.Architecture < 90)
            throw DiagnosticKinds.ClusterOutOfLimits.At(function.Location, cx, cy, cz, target);
    }

    private static void CheckSizes(Function function)
    {
        int shared = StaticShared(function);
        if (shared > StaticSharedBytes)
            throw DiagnosticKinds.TooMuchStaticShared.At(Largest(function, VariableSpace.Shared), shared, StaticSharedBytes);
        int constants = 0, parameters = 0;
        foreach (Variable variable in function.Variables.Where(v => v.Space == VariableSpace.Const))
            constants = Align(constants, variable.Alignment) + variable.Bytes;
        if (constants > ConstantBytes)
            throw DiagnosticKinds.TooMuchConstantMemory.At(Largest(function, VariableSpace.Const), constants, ConstantBytes);
        foreach (KernelParameter parameter in function.Parameters)
            parameters = Align(parameters, parameter.Alignment) + parameter.Bytes;
        if (parameters > ParameterBytes)
            throw DiagnosticKinds.ParametersTooLarge.At(function.Location, parameters, ParameterBytes);
    }

    /// <summary>Where the largest of the variables is asked for.</summary>
    private static Location? Largest(Function function, VariableSpace space) =>
        function.Variables.Where(v => v.Space == space).MaxBy(v => v.Bytes)?.Location ?? function.Location;

    private static int Align(int bytes, int alignment) => (bytes + alignment - 1) / alignment * alignment;
}
