# memcpy_streaming_riscv::zihintntl::copy_lines
	beqz	a2, .L2
	andi	a3, a1, 7
	beqz	a3, .L0
	tail	_ZN22memcpy_streaming_riscv9zihintntl14copy_unaligned17heda091aadea4b6f0E
.L0:
.L1:
	#APP
	ld	a3, 0(a1)
	ld	a4, 8(a1)
	ld	a5, 16(a1)
	ld	a6, 24(a1)
	ld	a7, 32(a1)
	ld	t0, 40(a1)
	ld	t1, 48(a1)
	ld	t2, 56(a1)
	ntl.all
	sd	a3, 0(a0)
	ntl.all
	sd	a4, 8(a0)
	ntl.all
	sd	a5, 16(a0)
	ntl.all
	sd	a6, 24(a0)
	ntl.all
	sd	a7, 32(a0)
	ntl.all
	sd	t0, 40(a0)
	ntl.all
	sd	t1, 48(a0)
	ntl.all
	sd	t2, 56(a0)
	addi	a1, a1, 64
	addi	a0, a0, 64
	addi	a2, a2, -1
	bnez	a2, .L1
.L2:
	#NO_APP
	ret

# memcpy_streaming_riscv::zihintntl::copy_shifted
	slli	a3, a1, 61
	li	a4, 64
	srli	a7, a3, 58
	sub	a6, a4, a7
	andi	a1, a1, -8
	#APP
	ld	a5, 0(a1)
.L0:
	srl	a4, a5, a7
	ld	a5, 8(a1)
	sll	a3, a5, a6
	or	a4, a4, a3
	ntl.all
	sd	a4, 0(a0)
	srl	a4, a5, a7
	ld	a5, 16(a1)
	sll	a3, a5, a6
	or	a4, a4, a3
	ntl.all
	sd	a4, 8(a0)
	srl	a4, a5, a7
	ld	a5, 24(a1)
	sll	a3, a5, a6
	or	a4, a4, a3
	ntl.all
	sd	a4, 16(a0)
	srl	a4, a5, a7
	ld	a5, 32(a1)
	sll	a3, a5, a6
	or	a4, a4, a3
	ntl.all
	sd	a4, 24(a0)
	srl	a4, a5, a7
	ld	a5, 40(a1)
	sll	a3, a5, a6
	or	a4, a4, a3
	ntl.all
	sd	a4, 32(a0)
	srl	a4, a5, a7
	ld	a5, 48(a1)
	sll	a3, a5, a6
	or	a4, a4, a3
	ntl.all
	sd	a4, 40(a0)
	srl	a4, a5, a7
	ld	a5, 56(a1)
	sll	a3, a5, a6
	or	a4, a4, a3
	ntl.all
	sd	a4, 48(a0)
	srl	a4, a5, a7
	ld	a5, 64(a1)
	sll	a3, a5, a6
	or	a4, a4, a3
	ntl.all
	sd	a4, 56(a0)
	addi	a1, a1, 64
	addi	a0, a0, 64
	addi	a2, a2, -1
	bnez	a2, .L0
	#NO_APP
	ret

# memcpy_streaming_riscv::zihintntl::fill_lines
	beqz	a2, .L1
	#APP
	ld	a3, 0(a1)
	ld	a4, 8(a1)
	ld	a5, 16(a1)
	ld	a6, 24(a1)
	ld	a7, 32(a1)
	ld	t0, 40(a1)
	ld	t1, 48(a1)
	ld	t2, 56(a1)
.L0:
	ntl.all
	sd	a3, 0(a0)
	ntl.all
	sd	a4, 8(a0)
	ntl.all
	sd	a5, 16(a0)
	ntl.all
	sd	a6, 24(a0)
	ntl.all
	sd	a7, 32(a0)
	ntl.all
	sd	t0, 40(a0)
	ntl.all
	sd	t1, 48(a0)
	ntl.all
	sd	t2, 56(a0)
	addi	a0, a0, 64
	addi	a2, a2, -1
	bnez	a2, .L0
.L1:
	#NO_APP
	ret
