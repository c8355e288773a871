using System.Runtime.InteropServices;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Tests.Ptx;

/// <summary>What a target refuses (CVX3…), and the PTX version that it takes.</summary>
public sealed class TargetTests
{
    private static readonly Location Here = new(typeof(TargetTests).GetMethod(nameof(ClustersRun))!, 0, null);

    [Theory]
    [InlineData(80, false, "7.0")]
    [InlineData(86, false, "7.1")]
    [InlineData(89, false, "7.8")]
    [InlineData(90, false, "8.0")]
    [InlineData(90, true, "8.0")]
    [InlineData(87, false, "7.4")]
    [InlineData(88, false, "9.0")]
    [InlineData(100, false, "8.6")]
    [InlineData(100, true, "8.6")]
    [InlineData(103, true, "8.8")]
    [InlineData(110, false, "9.0")]
    [InlineData(120, false, "8.7")]
    [InlineData(121, false, "8.8")]
    public void TheLeastVersion(int architecture, bool isSpecific, string version) =>
        Assert.Contains(
            $".version {version}\n", new TestKernel().Print(new CompileOptions { Target = new Target(architecture, isSpecific) }),
            StringComparison.Ordinal);

    [Fact]
    public void InstructionsRaiseTheVersion()
    {
        var kernel = new TestKernel();
        kernel.Emit(TestKernel.Form("bar.sync 0;") with { IsaVersion = 78 }, []);
        Assert.Contains(".version 7.8\n", kernel.Print(), StringComparison.Ordinal);
    }

    /// <summary>What ptxas 13.0 said to modules of these pairs; where two stand, the first is too old.</summary>
    [Theory]
    [InlineData("sm_80", "6.5", "7.0")]
    [InlineData("sm_86", "7.0", "7.1")]
    [InlineData("sm_89", "7.7", "7.8")]
    [InlineData("sm_90", null, "7.8")]
    [InlineData("sm_90a", "7.8", "8.0")]
    [InlineData("sm_100a", null, "8.6")]
    [InlineData("sm_110", null, "9.0")]
    [InlineData("sm_120", null, "8.7")]
    public void PtxasTakesEveryPair(string target, string? refused, string taken)
    {
        string ptx = new TestKernel().Print(new CompileOptions { Target = Target.Parse(target) });
        string version = ptx.Split('\n').First(line => line.StartsWith(".version ", StringComparison.Ordinal))[9..];
        Assert.True(Version.Parse(version) >= Version.Parse(taken), version);
        if (refused is not null)
            Assert.True(Version.Parse(version) > Version.Parse(refused), version);
    }

    /// <summary>There is no PTX 7.9 and no 8.9.</summary>
    [Theory]
    [InlineData(79, "8.0")]
    [InlineData(89, "9.0")]
    [InlineData(81, "8.1")]
    public void VersionsExist(int asked, string version)
    {
        var kernel = new TestKernel();
        kernel.Emit(TestKernel.Form("bar.sync 0;") with { IsaVersion = asked }, []);
        Assert.Contains($".version {version}\n", kernel.Print(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(90, false, 80, false, "sm_90 or newer")]
    [InlineData(90, true, 90, false, "sm_90a and nothing else")]
    [InlineData(90, true, 100, true, "sm_90a and nothing else")]
    public void InstructionsNeedTheirTarget(int needs, bool needsSpecific, int architecture, bool isSpecific, string words)
    {
        var kernel = new TestKernel();
        PtxForm form = TestKernel.Form("wgmma.fence.sync.aligned;") with { Architecture = needs, IsArchitectureSpecific = needsSpecific };
        kernel.Build.Location = Here;
        kernel.Build.Block.Instructions.Add(new Instruction(Opcode.Ptx, Here, []) { Ptx = form });
        Diagnostic found = Refused(kernel, "CVX3001", new Target(architecture, isSpecific));
        Assert.Contains("wgmma.fence.sync.aligned needs " + words, found.Message, StringComparison.Ordinal);
        Assert.Equal("TargetTests.ClustersRun", found.Method);
    }

    [Fact]
    public void NewerTargetsTakeWhatIsNotSpecific()
    {
        var kernel = new TestKernel();
        kernel.Emit(TestKernel.Form("bar.sync 0;") with { Architecture = 90 }, []);
        Assert.Contains(".target sm_120\n", kernel.Print(new CompileOptions { Target = new Target(120) }), StringComparison.Ordinal);
    }

    [Fact]
    public void ImmediatesAreConstants()
    {
        PtxForm form = TestKernel.Form("bar.sync {id}, 32;", ("id", new PtxFormOperand(0, -1, 1, false, true)));
        var good = new TestKernel();
        good.Emit(form, [Constant.I32(3)]);
        Assert.Contains("bar.sync 3, 32;", good.Print(), StringComparison.Ordinal);
        var bad = new TestKernel();
        bad.Emit(form, [bad.LoadX(MemoryType.I32, 0)]);
        Assert.Contains("the operand id of 'bar.sync {id}, 32;'", Refused(bad, "CVX3002").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void StaticSharedMemoryEndsAt48Kilobytes()
    {
        var kernel = new TestKernel();
        kernel.Function.Variables.Add(new Variable("a", VariableSpace.Shared, 40 << 10, 16));
        kernel.Function.Variables.Add(new Variable("dynamic", VariableSpace.Shared, 0, 16));
        kernel.Function.Variables.Add(new Variable("b", VariableSpace.Shared, 8 << 10, 16));
        kernel.Print();
        kernel.Function.Variables.Add(new Variable("c", VariableSpace.Shared, 1, 1));
        Refused(kernel, "CVX3003");
    }

    [Theory]
    [InlineData(1025, 1, 1)]
    [InlineData(1, 1, 65)]
    [InlineData(0, 1, 1)]
    [InlineData(512, 3, 1)]
    public void BlocksHaveLimits(int x, int y, int z) => Refused(new TestKernel(launch: new LaunchShape((x, y, z))), "CVX3004");

    [Fact]
    public void ClustersHaveLimits()
    {
        Refused(new TestKernel(launch: new LaunchShape((32, 1, 1), (9, 1, 1))), "CVX3005", Target.Sm90a);
        Refused(new TestKernel(launch: new LaunchShape((32, 1, 1), (2, 1, 1))), "CVX3005");
    }

    [Fact]
    public void ConstantsParametersAndRegistersHaveLimits()
    {
        var kernel = new TestKernel();
        kernel.Function.Variables.Add(new Variable("a", VariableSpace.Const, 65537, 4, [1]));
        Refused(kernel, "CVX3006");
        kernel = new TestKernel();
        for (int i = 0; i < 32; i++)
            kernel.Function.Parameters.Add(new KernelParameter($"map{i}", MemoryType.I64, 128));
        Refused(kernel, "CVX3007");
        Refused(new TestKernel(launch: new LaunchShape((32, 1, 1), MaximumRegisters: 256)), "CVX3008");
        Refused(new TestKernel(), "CVX3009", new Target(75));
        Refused(new TestKernel(), "CVX3009", new Target(86, true));
        Refused(new TestKernel(), "CVX3009", new Target(81));
        Assert.Contains("there are sm_80, sm_86, ", Refused(new TestKernel(), "CVX3009", new Target(95)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ClustersRun()
    {
        var kernel = new TestKernel(launch: new LaunchShape((1, 1, 1), (2, 1, 1)));
        var result = new PtxFormOperand(-1, 0, 1, false, false);
        PtxForm rank = TestKernel.Form("mov.u32 {result}, %cluster_ctarank;", ("result", result)) with { Architecture = 90 };
        PtxForm block = TestKernel.Form("mov.u32 {result}, %ctaid.x;", ("result", result));
        Value place = kernel.Build.Emit(Opcode.MadWide, IrType.GlobalPtr, kernel.Emit(block, [], IrType.I32)[0], Constant.I32(4), kernel.Y);
        kernel.Build.Store(place, kernel.Emit(rank, [], IrType.I32)[0], MemoryType.I32, 0, 4);
        var options = new CompileOptions { Target = Target.Sm90a };
        Assert.Contains(".reqnctapercluster 2, 1, 1\n", kernel.Print(options), StringComparison.Ordinal);
        Assert.Equal([0, 1, 0, 1], MemoryMarshal.Cast<byte, int>(kernel.Run(new byte[4], 16, blocks: 4, options: options)).ToArray());
    }

    private static Diagnostic Refused(TestKernel kernel, string number, Target? target = null)
    {
        Diagnostic found = Assert.Throws<CompileException>(
            () => kernel.Print(new CompileOptions { Target = target ?? Target.Sm80 })).Diagnostic;
        Assert.Equal(number, found.Number);
        return found;
    }
}
