using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Frontend.Il;
using CogVideoX.Compiler.Ir;
using ILOpCode = System.Reflection.Metadata.ILOpCode;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Branches. One whose condition is constant here goes one way, and the other way is never looked at.</summary>
internal sealed partial class MethodTranslator
{
    private bool TranslateBranch(IlInstruction instruction)
    {
        switch (instruction.OpCode)
        {
            case ILOpCode.Br or ILOpCode.Br_s:
                Goto((int)instruction.Operand);
                break;
            case ILOpCode.Brtrue or ILOpCode.Brtrue_s:
                Branch(instruction, PopTruth());
                break;
            case ILOpCode.Brfalse or ILOpCode.Brfalse_s:
                Branch(instruction, PopTruth(), isNegated: true);
                break;
            case ILOpCode.Switch:
                Switch(instruction);
                break;
            case ILOpCode.Ret:
                Type result = method.Method is System.Reflection.MethodInfo info ? info.ReturnType : typeof(void);
                returns.Add((Ir.Block, result == typeof(void) ? StackValue.Nothing : Coercion.To(kernel, result, Pop())));
                isFinished = true;
                break;
            case ILOpCode.Throw or ILOpCode.Rethrow:
                throw DiagnosticKinds.Throw.At(kernel.Location);
            case ILOpCode.Leave or ILOpCode.Leave_s or ILOpCode.Endfinally or ILOpCode.Endfilter:
                throw DiagnosticKinds.Try.At(kernel.Location);
            default:
                if (ConditionOf(instruction.OpCode) is not { } condition)
                    return false;
                Branch(instruction, PopComparison(condition));
                break;
        }
        return true;
    }

    private static Condition? ConditionOf(ILOpCode code) => code switch
    {
        ILOpCode.Beq or ILOpCode.Beq_s => Condition.Eq,
        ILOpCode.Bne_un or ILOpCode.Bne_un_s => Condition.Ne,
        ILOpCode.Blt or ILOpCode.Blt_s => Condition.Lt,
        ILOpCode.Blt_un or ILOpCode.Blt_un_s => Condition.LtU,
        ILOpCode.Ble or ILOpCode.Ble_s => Condition.Le,
        ILOpCode.Ble_un or ILOpCode.Ble_un_s => Condition.LeU,
        ILOpCode.Bgt or ILOpCode.Bgt_s => Condition.Gt,
        ILOpCode.Bgt_un or ILOpCode.Bgt_un_s => Condition.GtU,
        ILOpCode.Bge or ILOpCode.Bge_s => Condition.Ge,
        ILOpCode.Bge_un or ILOpCode.Bge_un_s => Condition.GeU,
        _ => null,
    };

    private Value PopTruth()
    {
        StackValue value = Pop();
        if (value.Known is not null)
            return Constant.Pred(true);
        if (value.IsPointer && value.Leaves[0].Type == IrType.LocalPtr)
            return Constant.Pred(true);
        Value number = kernel.Number(value);
        return Ir.Compare(Condition.Ne, number, new Constant(number.Type, 0));
    }

    private void Branch(IlInstruction instruction, Value condition, bool isNegated = false)
    {
        int target = (int)instruction.Operand;
        if (condition is Constant known)
        {
            Goto(known.Bits != 0 != isNegated ? target : instruction.End);
        }
        else if (target == instruction.End)
        {
            Goto(target);
        }
        else
        {
            Edge taken = To(target), next = To(instruction.End);
            End(Terminator.If(kernel.Location, condition, isNegated ? next : taken, isNegated ? taken : next));
        }
    }

    private void Switch(IlInstruction instruction)
    {
        Value selector = PopNumber();
        int[] targets = instruction.Targets!;
        if (selector is Constant known)
        {
            Goto(known.Bits < (ulong)targets.Length ? targets[known.Bits] : instruction.End);
            return;
        }
        var edges = new Dictionary<int, Edge>();
        Edge EdgeTo(int target) => edges.TryGetValue(target, out Edge? edge) ? edge : edges[target] = To(target);
        Edge[] all = [.. targets.Append(instruction.End).Select(target => new Edge(EdgeTo(target).Target))];
        if (all.Length == 2)
            End(Terminator.If(kernel.Location, Ir.Compare(Condition.Eq, selector, new Constant(selector.Type, 0)), all[0], all[1]));
        else
            End(new Terminator(kernel.Location, selector, all));
    }
}
