using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Ptx;

namespace CogVideoX.Compiler.Tests.Ptx;

/// <summary>The text as people read it.</summary>
public sealed class GoldenTextTests
{
    private static readonly PtxFormOperand Result = new(-1, 0, 1, false, false);

    [Fact]
    public void AddOne() => AssertText("""
        // k: C# kernel, compiled by CogVideoX for .NET

        .version 7.0
        .target sm_80
        .address_size 64

        .visible .entry k(
            .param .u64 param_x,
            .param .u64 param_y,
            .param .u32 param_n
        )
        .reqntid 256, 1, 1
        .minnctapersm 2
        .maxnreg 64
        {
            .reg .pred %p<2>;
            .reg .b32 %r<5>;
            .reg .b64 %rd<7>;
            .reg .f32 %f<3>;

            ld.param.u64 %rd1, [param_x];
            cvta.to.global.u64 %rd2, %rd1;
            ld.param.u64 %rd3, [param_y];
            cvta.to.global.u64 %rd4, %rd3;
            mov.u32 %r1, %tid.x;
            mov.u32 %r2, %ctaid.x;
            mad.lo.s32 %r3, %r2, 256, %r1;
            ld.param.u32 %r4, [param_n];
            setp.lt.s32 %p1, %r3, %r4;
            @!%p1 bra $L2;
            mad.wide.s32 %rd5, %r3, 4, %rd2;
            ld.global.f32 %f1, [%rd5];
            add.rn.f32 %f2, %f1, 0f3F800000;
            mad.wide.s32 %rd6, %r3, 4, %rd4;
            st.global.f32 [%rd6], %f2;

        $L2:
            ret;
        }

        """, MadeAddOne().Print());

    [Fact]
    public void Sum()
    {
        var kernel = new TestKernel();
        kernel.Function.Variables.Add(new Variable("table", VariableSpace.Const, 4, 4, [1, 2, 3, 255]));
        kernel.Function.Variables.Add(new Variable("dynamic", VariableSpace.Shared, 0, 16));
        kernel.Function.Variables.Add(new Variable("tile", VariableSpace.Shared, 64, 16));
        Block loop = kernel.NewBlock(IrType.I32, IrType.F32), exit = kernel.NewBlock();
        Value n = Count(kernel);
        kernel.End(Terminator.Branch(null, loop, Constant.I32(0), Constant.F32(0)), loop);
        Value place = kernel.Build.Emit(Opcode.MadWide, IrType.GlobalPtr, loop.Parameters[0], Constant.I32(4), kernel.X);
        Value sum = kernel.Build.Emit(Opcode.Add, IrType.F32, loop.Parameters[1], kernel.Build.Load(place, MemoryType.F32, 0, 4));
        Value next = kernel.Build.Emit(Opcode.Add, IrType.I32, loop.Parameters[0], Constant.I32(1));
        kernel.End(Terminator.If(null, kernel.Build.Compare(Condition.Lt, next, n), new Edge(loop, next, sum), new Edge(exit)), exit);
        kernel.StoreY(sum, MemoryType.F32, 0);
        AssertText("""
            // k: C# kernel, compiled by CogVideoX for .NET

            .version 7.0
            .target sm_80
            .address_size 64

            .const .align 4 .b8 const_table[4] = {1, 2, 3, 255};
            .extern .shared .align 16 .b8 shared_dynamic[];

            .visible .entry k(
                .param .u64 param_x,
                .param .u64 param_y,
                .param .u32 param_n
            )
            .reqntid 1, 1, 1
            {
                .reg .pred %p<2>;
                .reg .b32 %r<3>;
                .reg .b64 %rd<6>;
                .reg .f32 %f<3>;
                .shared .align 16 .b8 shared_tile[64];

                ld.param.u64 %rd1, [param_x];
                cvta.to.global.u64 %rd2, %rd1;
                ld.param.u64 %rd3, [param_y];
                cvta.to.global.u64 %rd4, %rd3;
                ld.param.u32 %r1, [param_n];
                mov.b32 %r2, 0;
                mov.f32 %f1, 0f00000000;

            $L1:
                mad.wide.s32 %rd5, %r2, 4, %rd2;
                ld.global.f32 %f2, [%rd5];
                add.rn.f32 %f1, %f1, %f2;
                add.s32 %r2, %r2, 1;
                setp.lt.s32 %p1, %r2, %r1;
                @%p1 bra $L1;
                st.global.f32 [%rd4], %f1;
                ret;
            }

            """, kernel.Print());
    }

    [Fact]
    public void TheSameFunctionGivesTheSameBytes()
    {
        for (int seed = 0; seed < 20; seed++)
            Assert.Equal(new RandomGraph(seed).Kernel.Print(), new RandomGraph(seed).Kernel.Print());
    }

    [Fact]
    public void LinesOfTheSource()
    {
        TestKernel kernel = MadeAddOne();
        string file = Path.Combine(Path.GetTempPath(), $"cogvideox-{Guid.NewGuid():N}.cs");
        File.WriteAllText(file, "first\n    y[i] = x[i];\n");
        try
        {
            var options = new CompileOptions { ShowSource = true };
            Location[] at =
                [.. Enumerable.Range(0, 4).Select(i => new Location(typeof(GoldenTextTests).GetMethod(nameof(AddOne))!, i, null))];
            Block body = kernel.Function.Blocks[1];
            for (int i = 0; i < 4; i++)
                body.Instructions[i] = At(body.Instructions[i], at[i], kernel.Function);
            SourceLine? Find(Location? location) =>
                location!.Offset switch { 0 or 1 => new(file, 2, 5), 2 => new("/_/src/Kernels/Add.cs", 7, 9), _ => null };
            string text = PtxPrinter.Print(kernel.Function, options, new SourceLines(options, Find));
            string name = Path.GetFileName(file);
            Assert.Equal(1, text.Split($"// {name}:2  y[i] = x[i];\n    .loc 1 2 5\n    mad.wide").Length - 1);
            Assert.Contains("// src/Kernels/Add.cs:7\n    .loc 2 7 9\n    add.rn", text, StringComparison.Ordinal);
            Assert.EndsWith($"}}\n\n.file 1 \"{name}\"\n.file 2 \"src/Kernels/Add.cs\"\n", text, StringComparison.Ordinal);
            Assert.Equal(2, text.Split(".loc").Length - 1);
            Emulator.PtxModule.Parse(text);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The same instruction from another place; its results take the old ones' part everywhere.</summary>
    private static Instruction At(Instruction old, Location location, Function function)
    {
        var made = new Instruction(old.Opcode, location, old.Operands, [.. old.Results.Select(r => r.Type)])
        { MemoryType = old.MemoryType, ByteOffset = old.ByteOffset, Alignment = old.Alignment };
        foreach (Instruction user in function.Blocks.SelectMany(b => b.Instructions))
        {
            for (int i = 0; i < user.Operands.Length; i++)
            {
                if (Array.IndexOf(old.Results, user.Operands[i]) is >= 0 and var result)
                    user.Operands[i] = made.Results[result];
            }
        }
        return made;
    }

    private static TestKernel MadeAddOne()
    {
        var kernel = new TestKernel(launch: new LaunchShape((256, 1, 1), MinimumCtas: 2, MaximumRegisters: 64));
        Block body = kernel.NewBlock(), exit = kernel.NewBlock();
        Value thread = kernel.Emit(TestKernel.Form("mov.u32 {result}, %tid.x;", ("result", Result)), [], IrType.I32)[0];
        Value block = kernel.Emit(TestKernel.Form("mov.u32 {result}, %ctaid.x;", ("result", Result)), [], IrType.I32)[0];
        Value i = kernel.Build.Emit(Opcode.Mad, IrType.I32, block, Constant.I32(256), thread);
        kernel.End(Terminator.If(null, kernel.Build.Compare(Condition.Lt, i, Count(kernel)), new Edge(body), new Edge(exit)), body);
        Value x = kernel.Build.Load(
            kernel.Build.Emit(Opcode.MadWide, IrType.GlobalPtr, i, Constant.I32(4), kernel.X), MemoryType.F32, 0, 4);
        Value sum = kernel.Build.Emit(Opcode.Add, IrType.F32, x, Constant.F32(1));
        kernel.Build.Store(kernel.Build.Emit(Opcode.MadWide, IrType.GlobalPtr, i, Constant.I32(4), kernel.Y), sum, MemoryType.F32, 0, 4);
        kernel.End(Terminator.Branch(null, exit), exit);
        kernel.End(Terminator.Return(null));
        return kernel;
    }

    private static Value Count(TestKernel kernel)
    {
        kernel.Function.Parameters.Add(new KernelParameter("n", MemoryType.I32));
        return kernel.Build.Append(new Instruction(Opcode.Parameter, null, [], IrType.I32) { Parameter = kernel.Function.Parameters[^1] });
    }

    private static void AssertText(string expected, string actual)
    {
        string normal = expected.ReplaceLineEndings("\n");
        Assert.True(normal == actual, actual);
        Emulator.PtxModule.Parse(actual);
    }
}
