using Iced.Intel;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>Vector instructions at one width: EVEX with 512 bits, VEX with 256.</summary>
/// <param name="vectorBytes">64 or 32.</param>
internal sealed class VectorAssembler(int vectorBytes)
{
    private readonly bool wide = vectorBytes == 64;

    /// <summary>All other instructions, and what was written.</summary>
    public Assembler Code { get; } = new(64);

    /// <summary>Clears a register.</summary>
    public void Zero(int target) => Add(
        wide ? Iced.Intel.Code.EVEX_Vpxord_zmm_k1z_zmm_zmmm512b32 : Iced.Intel.Code.VEX_Vpxor_ymm_ymm_ymmm256, target, target, target);

    /// <summary>Loads a vector.</summary>
    public void Load(int target, AssemblerMemoryOperand source) => Code.AddInstruction(Instruction.Create(
        wide ? Iced.Intel.Code.EVEX_Vmovups_zmm_k1z_zmmm512 : Iced.Intel.Code.VEX_Vmovups_ymm_ymmm256, Name(target), Operand(source)));

    /// <summary>Stores a vector.</summary>
    public void Store(AssemblerMemoryOperand target, int source) => Code.AddInstruction(Instruction.Create(
        wide ? Iced.Intel.Code.EVEX_Vmovups_zmmm512_k1z_zmm : Iced.Intel.Code.VEX_Vmovups_ymmm256_ymm, Operand(target), Name(source)));

    /// <summary>Loads four bytes into every lane.</summary>
    public void Broadcast(int target, AssemblerMemoryOperand source) => Code.AddInstruction(Instruction.Create(
        wide ? Iced.Intel.Code.EVEX_Vbroadcastss_zmm_k1z_xmmm32 : Iced.Intel.Code.VEX_Vbroadcastss_ymm_m32, Name(target),
        Operand(source)));

    /// <summary>Puts four bytes into every lane.</summary>
    public void Broadcast(int target, AssemblerRegister32 source)
    {
        if (wide)
        {
            Code.AddInstruction(Instruction.Create(Iced.Intel.Code.EVEX_Vpbroadcastd_zmm_k1z_r32, Name(target), source.Value));
            return;
        }
        Register low = Register.XMM0 + target;
        Code.AddInstruction(Instruction.Create(Iced.Intel.Code.VEX_Vmovd_xmm_rm32, low, source.Value));
        Code.AddInstruction(Instruction.Create(Iced.Intel.Code.VEX_Vpbroadcastd_ymm_xmmm32, Name(target), low));
    }

    /// <summary>sum += a.</summary>
    public void Add(int sum, int a) => Add(
        wide ? Iced.Intel.Code.EVEX_Vaddps_zmm_k1z_zmm_zmmm512b32_er : Iced.Intel.Code.VEX_Vaddps_ymm_ymm_ymmm256, sum, sum, a);

    /// <summary>sum += a · b, rounded once.</summary>
    public void MultiplyAdd(int sum, int a, int b) => Add(
        wide ? Iced.Intel.Code.EVEX_Vfmadd231ps_zmm_k1z_zmm_zmmm512b32_er : Iced.Intel.Code.VEX_Vfmadd231ps_ymm_ymm_ymmm256, sum, a, b);

    /// <summary>sum += a's pair of bf16 times b's, in every lane; 512 bits alone.</summary>
    public void DotPairs(int sum, int a, int b) => Add(Iced.Intel.Code.EVEX_Vdpbf16ps_zmm_k1z_zmm_zmmm512b32, sum, a, b);

    /// <summary>The bits that both have.</summary>
    public void And(int target, int a, AssemblerMemoryOperand b) => Code.AddInstruction(Instruction.Create(
        wide ? Iced.Intel.Code.EVEX_Vpandd_zmm_k1z_zmm_zmmm512b32 : Iced.Intel.Code.VEX_Vpand_ymm_ymm_ymmm256, Name(target), Name(a),
        Operand(b)));

    /// <summary>Lanes shifted to the left by 16 bits.</summary>
    public void ShiftLeft16(int target, AssemblerMemoryOperand source)
    {
        if (wide)
        {
            Code.AddInstruction(
                Instruction.Create(Iced.Intel.Code.EVEX_Vpslld_zmm_k1z_zmmm512b32_imm8, Name(target), Operand(source), 16));
            return;
        }
        Load(target, source);
        Code.AddInstruction(Instruction.Create(Iced.Intel.Code.VEX_Vpslld_ymm_ymm_imm8, Name(target), Name(target), 16));
    }

    /// <summary>Stores a register's lowest 128 bits.</summary>
    public void Save(AssemblerMemoryOperand target, int source) => Code.AddInstruction(
        Instruction.Create(Iced.Intel.Code.VEX_Vmovups_xmmm128_xmm, Operand(target), Register.XMM0 + source));

    /// <summary>Loads them back.</summary>
    public void Restore(int target, AssemblerMemoryOperand source) => Code.AddInstruction(
        Instruction.Create(Iced.Intel.Code.VEX_Vmovups_xmm_xmmm128, Register.XMM0 + target, Operand(source)));

    private void Add(Code code, int target, int a, int b) => Code.AddInstruction(Instruction.Create(code, Name(target), Name(a), Name(b)));

    private Register Name(int index) => (wide ? Register.ZMM0 : Register.YMM0) + index;

    private MemoryOperand Operand(AssemblerMemoryOperand operand) => new(operand.Base, operand.Displacement, 1);
}
