using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Frontend.Il;
using CogVideoX.Compiler.Ir;
using ILOpCode = System.Reflection.Metadata.ILOpCode;

namespace CogVideoX.Compiler.Frontend;

/// <summary>
/// Translates one call of a method into the kernel: its blocks in reverse postorder, and only those that can be reached with what is
/// constant in this call.
/// </summary>
internal sealed partial class MethodTranslator
{
    private readonly KernelBuilder kernel;
    private readonly IlMethod method;
    private readonly Location? caller;
    private readonly Variables variables;
    private readonly Dictionary<IlBlock, BlockState> states = [];
    private readonly PriorityQueue<IlBlock, int> reached = new();
    private readonly List<(Block From, StackValue Value)> returns = [];
    private Stack<StackValue> stack = [];
    private bool isFinished;

    public MethodTranslator(KernelBuilder kernel, IlMethod method, StackValue[] arguments, Location? caller)
    {
        this.kernel = kernel;
        this.method = method;
        this.caller = caller;
        variables = new Variables(kernel, method, arguments);
    }

    private IrBuilder Ir => kernel.Ir;

    private MemoryAccess Memory => kernel.Memory;

    /// <summary>Translates the method into the current block and what follows it. Null if the method never returns.</summary>
    public StackValue? Translate()
    {
        Goto(0);
        while (reached.TryDequeue(out IlBlock? block, out _))
            TranslateBlock(block, states[block]);
        return Return();
    }

    private StackValue? Return()
    {
        if (returns.Count == 0)
            return null;
        if (returns.Count == 1)
        {
            Ir.Block = returns[0].From;
            return returns[0].Value;
        }
        var after = new Block();
        kernel.Function.Blocks.Add(after);
        foreach ((Block from, _) in returns)
            from.Terminator = Terminator.Branch(kernel.Location, after);
        Ir.Block = after;
        return Join.Of(kernel, returns);
    }

    private void TranslateBlock(IlBlock block, BlockState state)
    {
        Begin(block, state);
        Locate(method.Instructions[block.First]);
        stack = new Stack<StackValue>(Entering(state));
        isFinished = false;
        for (int i = block.First; i < block.End && !isFinished; i++)
        {
            Locate(method.Instructions[i]);
            RefuseProtected(method.Instructions[i]);
            Translate(method.Instructions[i], i);
        }
        if (!isFinished)
            Goto(method.Instructions[block.End - 1].End);
    }

    /// <summary>A block with one way in goes on where that way ends.</summary>
    private void Begin(IlBlock block, BlockState state)
    {
        state.IsTranslated = true;
        if (!block.IsLoop && state.Ways is [var way] && way.From.Terminator!.Edges.Length == 1)
        {
            way.From.Terminator = null;
            Ir.Block = way.From;
        }
        else
        {
            kernel.Function.Blocks.Add(state.Block);
            Ir.Block = state.Block;
        }
    }

    private void Locate(IlInstruction instruction) => Ir.Location = new Location(method.Method, instruction.Offset, caller);

    private void RefuseProtected(IlInstruction instruction)
    {
        foreach (var clause in method.Protected)
        {
            bool isInside = instruction.Offset >= clause.TryOffset && instruction.Offset < clause.HandlerOffset + clause.HandlerLength;
            if (isInside)
                throw DiagnosticKinds.Try.At(kernel.Location);
        }
    }

    /// <summary>The stack that the blocks before left, bottom first.</summary>
    private IEnumerable<StackValue> Entering(BlockState state)
    {
        int depth = state.Ways.Count == 0 ? 0 : state.Ways[0].Stack.Length;
        var values = new StackValue[depth];
        for (int i = 0; i < depth; i++)
            values[i] = Join.Of(kernel, [.. state.Ways.Select(way => (way.From, way.Stack[i]))]);
        return values;
    }

    private void Translate(IlInstruction instruction, int index)
    {
        bool isKnown = TranslateConstant(instruction) || TranslateVariable(instruction) || TranslateArithmetic(instruction, index)
            || TranslateConversion(instruction, index) || TranslateBranch(instruction) || TranslateMemory(instruction)
            || TranslateField(instruction) || TranslateCall(instruction, index) || TranslateObject(instruction);
        if (!isKnown)
            throw DiagnosticKinds.Instruction.At(kernel.Location, $"the IL instruction {instruction.OpCode}");
        if (instruction.OpCode is not (ILOpCode.Constrained or ILOpCode.Volatile or ILOpCode.Unaligned or ILOpCode.Readonly
            or ILOpCode.Tail))
        {
            ForgetPrefixes();
        }
    }

    /// <summary>The edge to the block at an IL offset, with the stack as it is now.</summary>
    private Edge To(int offset)
    {
        IlBlock block = method.Blocks[offset];
        if (!states.TryGetValue(block, out BlockState? state))
        {
            states[block] = state = new BlockState();
            reached.Enqueue(block, block.Order);
        }
        else if (state.IsTranslated && stack.Count > 0)
        {
            throw DiagnosticKinds.Instruction.At(kernel.Location, "a loop that keeps values on the IL stack");
        }
        state.Ways.Add((Ir.Block, [.. stack.Reverse()]));
        return new Edge(state.Block);
    }

    private void Goto(int offset) => End(new Terminator(kernel.Location, null, To(offset)));

    private void End(Terminator terminator)
    {
        Ir.Block.Terminator = terminator;
        isFinished = true;
    }

    private void Push(Value value) => stack.Push(value.Type.IsPointer ? StackValue.Pointer(value, 0) : new StackValue(value));

    private StackValue Pop() => stack.Pop();

    private Value PopScalar() => kernel.Scalar(stack.Pop());

    /// <summary>A number; of a pointer, its address.</summary>
    private Value PopNumber() => kernel.Number(stack.Pop());
}
