using System.Reflection;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Frontend.Il;
using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;
using ILOpCode = System.Reflection.Metadata.ILOpCode;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Fields of structs, and static fields.</summary>
internal sealed partial class MethodTranslator
{
    private bool TranslateField(IlInstruction instruction)
    {
        switch (instruction.OpCode)
        {
            case ILOpCode.Ldfld:
                LoadField(method.ResolveField(instruction.Operand));
                break;
            case ILOpCode.Ldflda:
                FieldInfo field = method.ResolveField(instruction.Operand);
                stack.Push(FieldPlace(Pop(), field));
                break;
            case ILOpCode.Stfld:
                StoreField(method.ResolveField(instruction.Operand));
                break;
            case ILOpCode.Ldsfld:
                LoadStatic(method.ResolveField(instruction.Operand));
                break;
            case ILOpCode.Ldsflda:
                FieldInfo addressed = method.ResolveField(instruction.Operand);
                stack.Push(IsVariable(addressed) ? PlaceOf(addressed) : StaticPlace(addressed));
                break;
            case ILOpCode.Stsfld:
                FieldInfo stored = method.ResolveField(instruction.Operand);
                if (!IsVariable(stored))
                    throw DiagnosticKinds.StaticField.At(kernel.Location, StaticData.NameOf(stored));
                Memory.Store(stored.FieldType, PlaceOf(stored), Coercion.To(kernel, stored.FieldType, Pop()), isVolatile);
                break;
            default:
                return false;
        }
        return true;
    }

    private void LoadField(FieldInfo field)
    {
        StackValue owner = Pop();
        Type type = field.DeclaringType!;
        bool isAddress = !owner.IsStruct && owner.Leaves is [{ Type: not IrType.B16 }];
        if (Layout.IsSixteenBitFloat(type))
        {
            StackValue bits = isAddress ? Memory.Load(type, owner, isVolatile, packing) : owner;
            Push(Ir.Emit(Opcode.ZeroExtend, IrType.I32, kernel.Scalar(bits)));
        }
        else if (isAddress)
        {
            stack.Push(Memory.Load(field.FieldType, FieldPlace(owner, field), isVolatile, packing));
        }
        else
        {
            stack.Push(FieldOfValue(owner, type, field));
        }
    }

    private StackValue FieldOfValue(StackValue owner, Type type, FieldInfo field)
    {
        Layout layout = Layout.Of(type, kernel.Location);
        Value[] leaves = kernel.Scalars(owner);
        (int first, int count) = layout.LeavesOf(field, kernel.Location);
        Leaf[] expected = Layout.Of(field.FieldType, kernel.Location).Leaves;
        bool isUnion = first + count > leaves.Length || expected.Where((leaf, i) => layout.Leaves[first + i].Type != leaf.Type).Any();
        if (isUnion)
            return Memory.Load(field.FieldType, FieldPlace(Memory.Spill(type, owner), field));
        Value[] part = leaves[first..(first + count)];
        return StackValue.Of(field.FieldType, part);
    }

    private void StoreField(FieldInfo field)
    {
        StackValue value = Coercion.To(kernel, field.FieldType, Pop()), owner = Pop();
        Type type = field.DeclaringType!;
        if (Layout.IsSixteenBitFloat(type))
            Memory.Store(type, owner, new StackValue(Ir.Emit(Opcode.Truncate, IrType.B16, kernel.Scalar(value))), isVolatile, packing);
        else
            Memory.Store(field.FieldType, FieldPlace(owner, field), value, isVolatile, packing);
    }

    private StackValue FieldPlace(StackValue owner, FieldInfo field)
    {
        StackValue place = Memory.Dereferenceable(owner);
        Layout layout = Layout.Of(field.DeclaringType!, kernel.Location);
        return StackValue.Pointer(place.Leaves[0], place.Offset + layout.Fields.GetValueOrDefault(field.MetadataToken));
    }

    private static bool IsVariable(FieldInfo field) => field.IsDefined(typeof(DeviceVariableAttribute), false);

    private StackValue PlaceOf(FieldInfo field) => StackValue.Pointer(kernel.AddressOf(StaticData.DeviceVariable(kernel, field)), 0);

    private void LoadStatic(FieldInfo field)
    {
        if (IsVariable(field))
            stack.Push(Memory.Load(field.FieldType, PlaceOf(field), isVolatile));
        else
            stack.Push(StaticData.Value(kernel, field));
    }

    private StackValue StaticPlace(FieldInfo field)
    {
        if (StaticData.IsData(field))
            return StackValue.Pointer(kernel.AddressOf(StaticData.ConstVariable(kernel, field)), 0);
        return Memory.Spill(field.FieldType, StaticData.Value(kernel, field));
    }
}
