using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Ptx;
using CogVideoX.Emulator;
using KernelParameter = CogVideoX.Compiler.Ir.KernelParameter;

namespace CogVideoX.Compiler.Tests.Ptx;

/// <summary>A function built by hand with pointers x and y, and what it does when it is printed, parsed and run.</summary>
internal sealed class TestKernel
{
    public TestKernel(int threads = 1, LaunchShape? launch = null)
    {
        Function = new Function("k") { Launch = launch ?? new LaunchShape((threads, 1, 1)) };
        Function.Parameters.Add(new KernelParameter("x", MemoryType.GlobalPtr));
        Function.Parameters.Add(new KernelParameter("y", MemoryType.GlobalPtr));
        Build = new IrBuilder { Block = NewBlock() };
        X = Pointer(0);
        Y = Pointer(1);
    }

    public Function Function { get; }

    public IrBuilder Build { get; }

    public Value X { get; }

    public Value Y { get; }

    public Block NewBlock(params ReadOnlySpan<IrType> parameters)
    {
        var block = new Block();
        foreach (IrType type in parameters)
            block.Parameters.Add(new Value(type));
        Function.Blocks.Add(block);
        return block;
    }

    /// <summary>Ends the current block and goes on in another.</summary>
    public void End(Terminator end, Block? next = null)
    {
        Build.Block.Terminator = end;
        if (next is not null)
            Build.Block = next;
    }

    public Value LoadX(MemoryType type, int offset, bool isVolatile = false) => Build.Load(X, type, offset, type.Bytes, isVolatile);

    public void StoreY(Value value, MemoryType type, int offset, bool isVolatile = false) =>
        Build.Store(Y, value, type, offset, type.Bytes, isVolatile);

    public static PtxForm Form(string text, params (string Name, PtxFormOperand Place)[] operands) =>
        new(text, operands.ToDictionary(o => o.Name, o => o.Place), false, 80, false, 70);

    public Value[] Emit(PtxForm form, Value[] operands, params IrType[] results)
    {
        var instruction = new Instruction(Opcode.Ptx, null, operands, results) { Ptx = form };
        Build.Block.Instructions.Add(instruction);
        return instruction.Results;
    }

    public string Print(CompileOptions? options = null)
    {
        Build.Block.Terminator ??= Terminator.Return(null);
        return PtxPrinter.Print(Function, options ?? new CompileOptions());
    }

    public byte[] Run(byte[] x, int bytesOfY, int blocks = 1, CompileOptions? options = null, int dynamicBytes = 0)
    {
        string text = Print(options);
        var buffers = new Dictionary<string, byte[]> { ["x"] = x, ["y"] = new byte[bytesOfY] };
        (int bx, int by, int bz) = Function.Launch.Block;
        LaunchReport report = PtxEmulator.Run(
            PtxModule.Parse(text), new LaunchRequest("k", new Dim3(blocks), new Dim3(bx, by, bz), dynamicBytes,
            [
                new LaunchArgument.Buffer("x"),
                new LaunchArgument.Buffer("y")], buffers), new LaunchOptions { MaxLaunchInstructions = 1_000_000 });
        Assert.True(report.Fault is null, $"{report.Fault}\n{text}");
        return buffers["y"];
    }

    private Value Pointer(int index) => Build.Append(
        new Instruction(Opcode.Parameter, null, [], IrType.GlobalPtr) { Parameter = Function.Parameters[index] });
}
